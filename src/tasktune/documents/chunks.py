"""A document is cut into passages, along its structure and within a limit.

What fits stays whole: the document, else a section, else a paragraph, function or row, else a sentence (in code, a line), and
only what is too long even then is cut between lines, words, and at last characters. Neighbours of one kind are put together as
long as they fit. A heading stays with what it stands over.

Every passage is a stretch of the text as it stands. They are in order, cover every character that is not white space, and none
is longer than the limit; without `overlap`, no two share a character.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from tasktune.core import InputError
from tasktune.documents.document import Document
from tasktune.documents.sections import Sections, after_blanks
from tasktune.documents.splitting import Measure, split
from tasktune.notations.sentences import sentences
from tasktune.passages import Passage, Value

_DEEPEST, _PARAGRAPH, _BREAK, _SENTENCE, _INSIDE = 9, 10, 11, 12, 13
"""How weak a cut is: that of a heading has its level, and deeper ones count as the deepest."""
_OWN = frozenset(("source", "page"))
_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n\s*\Z")
_LINE = re.compile(r"^(?=.*\S)", re.MULTILINE)


def passages(document: Document, measure: Measure, limit: int, overlap: int = 0) -> Iterator[Passage]:
    """The passages of a document, of `limit` at most by `measure`.

    `measure` takes many texts at once and gives the length of each (a tokenizer is far faster so): in tokens with the special
    ones, say; `lambda texts: [len(text) for text in texts]` for characters. It is called a few times a document. With `overlap`,
    a passage that does not begin a section first repeats as many of the sentences before it as are together no longer than that.
    Raises `InputError` for a limit in which not a single character, or no more than the overlap, would fit.
    """
    empty = measure([""])[0]
    if not 0 <= overlap < limit - empty:
        raise InputError(
            f"passages of {limit} with an overlap of {overlap} cannot be: {empty} goes for what every passage has around it, and "
            "the overlap must leave room for more. Give a larger limit or a smaller overlap"
        )
    if not document.text.strip():
        return
    sections, metadata = Sections.of(document), _named_apart(document.metadata)
    for start, end in _Cutting.of(document, measure, empty, limit - empty).spans(overlap):
        page = bisect_right(document.pages, start) or None
        yield Passage(document.source, start, end, document.text[start:end], sections.titles(start, end), page, metadata)


def _named_apart(metadata: Mapping[str, Value]) -> Mapping[str, Value]:
    """The metadata without the names of what every passage has, by which one asks for that: `source_` for `source`."""
    if not metadata.keys() & _OWN:
        return metadata
    return {f"{name}_" if name in _OWN and f"{name}_" not in metadata else name: value for name, value in metadata.items()}


@dataclass(frozen=True, slots=True)
class _Cutting:
    """Where a text may be cut: `cuts[i]` to `cuts[i + 1]` is an atom, `weakness[i]` that of the cut before it, and `sums[i]` the
    length of all atoms before it.
    """

    text: str
    measure: Measure
    empty: int
    room: int
    cuts: Sequence[int]
    weakness: Sequence[int]
    sums: Sequence[int]

    @classmethod
    def of(cls, document: Document, measure: Measure, empty: int, room: int) -> _Cutting:
        """The cuts of a document, down to what fits into `room`."""
        text, places = document.text, _places(document)
        starts = [start for start, end in pairwise((*sorted(places), len(text))) if text[start:end].strip()]
        ends = (*starts[1:], len(text))
        cuts, sizes = list[int](), list[int]()
        measured = measure([text[start:end] for start, end in zip(starts, ends, strict=True)])
        for start, end, size in zip(starts, ends, measured, strict=True):
            parts = [(start, size - empty)] if size - empty <= room else split(text, start, end, measure, empty, room)
            cuts += (part for part, _ in parts)
            sizes += (max(0, size) for _, size in parts)
        weakness = [places.get(cut, _INSIDE) for cut in cuts]
        return cls(text, measure, empty, room, (*cuts, len(text)), weakness, (0, *accumulate(sizes)))

    def spans(self, overlap: int) -> Iterator[tuple[int, int]]:
        """The passages as (start, end), without the white space around them.

        The length of a whole is taken to be that of its parts, and then measured: what is longer is packed again, tighter.
        """
        atoms = len(self.weakness)
        packed = [*self._packed(0, atoms, self.room - overlap)]
        chosen = [(self._before(lo, packed[k - 1][0], overlap) if k else lo, lo, hi) for k, (lo, hi) in enumerate(packed)]
        sizes = self._sizes([(first, hi) for first, _, hi in chosen])
        for (first, lo, hi), size in zip(chosen, sizes, strict=True):
            if size <= self.room:
                yield self._trimmed(self.cuts[first], self.cuts[hi])
            else:
                yield from self._tighter(lo, hi, self.room)

    def _tighter(self, lo: int, hi: int, room: int) -> Iterator[tuple[int, int]]:
        (size,) = self._sizes([(lo, hi)])
        if size <= self.room:
            yield self._trimmed(self.cuts[lo], self.cuts[hi])
        elif hi == lo + 1:
            start, end = self._trimmed(self.cuts[lo], self.cuts[hi])
            parts = [part for part, _ in split(self.text, start, end, self.measure, self.empty, self.room)]
            yield from (self._trimmed(*part) for part in pairwise((*parts, end)))
        else:
            tighter = min(room, self.sums[hi] - self.sums[lo]) * 3 // 4
            for part in self._packed(lo, hi, tighter):
                yield from self._tighter(*part, tighter)

    def _packed(self, lo: int, hi: int, room: int) -> Iterator[tuple[int, int]]:
        """The atoms `lo` to `hi` in stretches that fit, cut where the cuts are strongest."""
        if hi == lo + 1 or self._length(lo, hi) <= room:
            yield lo, hi
            return
        strongest = min(self.weakness[lo + 1 : hi])
        begun = lo
        parts = pairwise((lo, *(k for k in range(lo + 1, hi) if self.weakness[k] == strongest), hi))
        for start, end in parts:
            if self._length(begun, end) <= room:
                continue
            if begun < start:
                yield begun, start
            begun = start
            if self._length(start, end) > room:
                yield from self._packed(start, end, room)
                begun = end
        if begun < hi:
            yield begun, hi

    def _before(self, lo: int, previous: int, overlap: int) -> int:
        """The first of the atoms before `lo` that are repeated with it."""
        first = lo
        while self.weakness[first] > _DEEPEST and first - 1 > previous and self._length(first - 1, lo) <= overlap:
            first -= 1
        return first

    def _length(self, lo: int, hi: int) -> int:
        return self.sums[hi] - self.sums[lo]

    def _sizes(self, atoms: Sequence[tuple[int, int]]) -> list[int]:
        spans = (self._trimmed(self.cuts[lo], self.cuts[hi]) for lo, hi in atoms)
        texts = [self.text[start:end] for start, end in spans]
        return [size - self.empty for size in self.measure(texts)]

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        inside = self.text[start:end]
        return end - len(inside.lstrip()), start + len(inside.rstrip())


def _places(document: Document) -> dict[int, int]:
    """Where a document may be cut without cutting a sentence, and how weak each cut is."""
    text = document.text
    prose = _outside(document.verbatim)
    places = {start: _SENTENCE for start, _ in sentences(text) if prose(start)}
    for start, end in document.verbatim:
        places |= {line.start(): _SENTENCE for line in _LINE.finditer(text, start, end)}
    for start in document.breaks:
        places[start] = _PARAGRAPH if _EMPTY_LINE.search(text, max(0, start - 80), start) else _BREAK
    places |= {start: _PARAGRAPH for start, _ in document.verbatim}
    for heading in reversed(document.headings):
        places[heading.start] = min(heading.level, _DEEPEST)
    places.setdefault(0, 0)
    ordered = sorted(places)
    for heading in document.headings:
        if heading.end > heading.start:
            below = after_blanks(text, heading.end)
            for place in ordered[bisect_right(ordered, heading.start) : bisect_right(ordered, below)]:
                places.pop(place, None)
    return places


def _outside(stretches: Sequence[tuple[int, int]]) -> Callable[[int], bool]:
    """Whether a place is in none of the stretches."""
    starts = [start for start, _ in stretches]
    return lambda place: not (k := bisect_right(starts, place)) or stretches[k - 1][1] <= place
