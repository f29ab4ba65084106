"""Spans as text: a line `label: surface` for each, in the order of the text, found again in the text by its surface.

A surface may occur several times. A line means the first occurrence, or the one after that which the line before that said the
same meant; where another is meant, the line ends in ` (n)`. Occurrences are counted along the text, those made of whole words
before those inside of words (`US` in `RUSSIA`).
No spans at all are written `none`.

Colons in a label, and what a surface may not have as it stands (`notations.surfaces`), are escaped (`notations.escapes`), so that
`read(text, write(text, spans), labels)` gives any spans back. Reading is lenient beyond that: a surface that does not occur is
looked for without case, accents and white space, and lines that make no sense are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar

from tasktune.answers import Span
from tasktune.notations.escapes import escape, unescape
from tasktune.notations.folding import fold, fold_with_places
from tasktune.notations.names import NONE, match, spaced
from tasktune.notations.surfaces import blanks_around, spelled, unspelled
from tasktune.notations.words import words

T = TypeVar("T")

IN_LABEL = re.compile(r"[:\n]|\A\s+|\s+\Z")
NUMBERED = re.compile(r"(.*?)\s*\(\s*([0-9]{1,9})\s*\)", re.DOTALL)


def write(text: str, spans: Iterable[Span]) -> str:
    """The lines for `spans` of `text`, which must not be empty."""
    finder = Finder(text)
    return "\n".join(_line(finder, span) for span in sorted(set(spans), key=position)) or NONE


def read(text: str, written: str, labels: tuple[str, ...]) -> tuple[Span, ...]:
    """The spans of `text` that `written` names, each once, in the order of the text.

    Labels are matched to `labels` where there are any. Several spans in one line (line breaks are white space to some
    tokenizers) are told apart by the labels.
    """
    finder = Finder(text)
    spans = items(written, labels, lambda item: _read_item(finder, item, labels))
    return tuple(sorted(set(spans), key=position))


def items(written: str, labels: tuple[str, ...], read_item: Callable[[str], T | None]) -> Iterator[T]:
    """What each line says; where it makes no sense as a whole, what each item in it does that begins with one of `labels`."""
    label_ahead = re.compile(rf"(?<!\S)(?=(?:{'|'.join(map(spaced, labels)) or '(?!)'})\s*:)", re.IGNORECASE)
    for line in written.split("\n"):
        whole = read_item(line)
        found = [whole] if whole else [read_item(item) for item in label_ahead.split(line)]
        yield from (item for item in found if item)


class Finder:
    """Where surfaces occur in one text, and which occurrence each pair of label and surface took last."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._occurrences: dict[str, list[tuple[int, int]]] = {}
        self._taken: dict[tuple[str, str], int] = {}

    def occurrences(self, surface: str) -> list[tuple[int, int]]:
        """Where `surface` occurs: exactly, or if nowhere so, folded. Whole words come first."""
        if surface not in self._occurrences:
            places = list(_all(self.text, surface)) or list(self._all_folded(surface))
            self._occurrences[surface] = sorted(places, key=lambda place: (not self._is_whole(place), place))
        return self._occurrences[surface]

    def next(self, label: str, surface: str) -> int:
        """Which occurrence the next line that says no number means."""
        return self._taken.get((label, surface), -1) + 1

    def next_after(self, said: Sequence[Span], label: str, surface: str) -> int:
        """The same, had the lines before been those of the spans `said`."""
        ends = (span for span in reversed(said) if span.label == label and self.text[span.start : span.end] == surface)
        return next((self.occurrences(surface).index((span.start, span.end)) for span in ends), -1) + 1

    def take(self, label: str, surface: str, occurrence: int) -> Span | None:
        """The span at that occurrence; `None` where there is none."""
        places = self.occurrences(surface)
        if not 0 <= occurrence < len(places):
            return None
        self._taken[label, surface] = occurrence
        return Span(*places[occurrence], label)

    def _all_folded(self, surface: str) -> Iterator[tuple[int, int]]:
        """Where `surface` occurs folded, with the white space that it begins and ends with where the text has that there."""
        (text, places), (before, after) = self._folded, blanks_around(surface)
        for first, behind in _all(text, fold(surface)):
            start, end = places[first], self._with_marks(places[behind - 1] + 1)
            yield start - len(before) * self.text[:start].endswith(before), end + len(after) * self.text.startswith(after, end)

    def _with_marks(self, end: int) -> int:
        while end < len(self.text) and not self.text[end].isspace() and not fold(self.text[end]):
            end += 1
        return end

    def _is_whole(self, place: tuple[int, int]) -> bool:
        starts, ends = self._word_bounds
        return place[0] in starts and place[1] in ends

    @cached_property
    def _folded(self) -> tuple[str, list[int]]:
        return fold_with_places(self.text)

    @cached_property
    def _word_bounds(self) -> tuple[set[int], set[int]]:
        places = words(self.text)
        return {start for start, _ in places}, {end for _, end in places}


def _all(text: str, part: str) -> Iterator[tuple[int, int]]:
    """Every place where `part`, unless empty, occurs in `text`; places may overlap."""
    at = text.find(part) if part else -1
    while at >= 0:
        yield at, at + len(part)
        at = text.find(part, at + 1)


def position(span: Span) -> tuple[int, int, str]:
    """By what spans are ordered."""
    return span.start, span.end, span.label


def _line(finder: Finder, span: Span) -> str:
    surface = finder.text[span.start : span.end]
    expected = finder.next(span.label, surface)
    meant = finder.occurrences(surface).index((span.start, span.end))
    finder.take(span.label, surface, meant)
    number = "" if meant == expected else f" ({meant + 1})"
    return f"{escape(span.label, IN_LABEL)}: {spelled(surface)}{number}"


def _read_item(finder: Finder, item: str, labels: tuple[str, ...]) -> Span | None:
    """The span that one `label: surface` means; `None` where it means none."""
    name, colon, written = item.partition(":")
    label = match(unescape(name.strip()), labels)
    if not colon or label is None:
        return None
    numbered = NUMBERED.fullmatch(written.strip())
    if numbered and (span := finder.take(label, unspelled(numbered[1]), int(numbered[2]) - 1)):
        return span
    surface = unspelled(written)
    return finder.take(label, surface, finder.next(label, surface))
