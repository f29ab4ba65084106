"""The form of spans as text (`notations.lines`): each line one of the labels and a stretch of the text itself.

Lines follow each other as `lines.write` orders them, each about a span behind the one before. So every line that is written is
about another span, none is lost when they are read, and an answer comes to its end by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import final

from tasktune.core import Span
from tasktune.forms import Automaton
from tasktune.notations.escapes import escape
from tasktune.notations.lines import IN_LABEL, Finder
from tasktune.notations.names import NONE

_BLANKS = re.compile(r"\s+")
_BRACKETED = re.compile(r"\(\s*[0-9]{1,9}\s*\)")
_ANY = re.compile(r"[\s\S]")

_Said = tuple[Span, ...]
_Place = tuple[int, int, int]
"""A stretch of the text that may be meant: where it starts, and the first and the last place where it may end."""


@final
@dataclass(frozen=True, slots=True)
class _Line:
    """A line up to a point in its surface: the spans said before it, its label, and the first `length` characters of places."""

    said: _Said
    label: str
    length: int = 0
    places: tuple[_Place, ...] = ()


_State = str | _Said | _Line


@final
class SpanLines(Automaton):
    """The lines about spans of `text`, labelled with `labels`; `none` where there are no spans."""

    between = "\n"

    def __init__(self, text: str, labels: tuple[str, ...]) -> None:
        self.text = text
        self.labels = labels
        self._finder = Finder(text)

    @property
    def start(self) -> _Said:
        """Nothing is said yet."""
        return ()

    def whole(self, state: _State) -> bool:
        """After `none`, after a line, and in a line wherever its surface may end."""
        return self._ended(state) is not None

    def steps(self, state: _State) -> Iterator[tuple[str, _State]]:
        """Another line, or more of this one."""
        if state == ():
            yield NONE, NONE
        if isinstance(state, _Line):
            yield from self._on(state)
            yield from self._numbers(state)
        said = () if state == () else self._ended(state)
        if isinstance(said, tuple):
            yield from self._lines(said)

    def _ended(self, state: _State) -> str | _Said | None:
        """What has been said if the answer ends here; `None` where it may not."""
        if not isinstance(state, _Line):
            return state or None
        expected = self._finder.next_after(state.said, state.label, self._surface(state)) if state.length else -1
        return next(((*state.said, span) for meant, span in self._meant(state) if meant == expected), None)

    def _lines(self, said: _Said) -> Iterator[tuple[str, _State]]:
        """The beginnings of a line, for each label that can still be said of something."""
        for label in self.labels:
            if any(self._later(said, label)):
                yield f"{self.between * bool(said)}{escape(label, IN_LABEL)}: ", _Line(said, label)

    def _later(self, said: _Said, label: str) -> Iterator[_Place]:
        """The places that a line with this label may still be about: those behind the last span."""
        last = said[-1] if said else Span(-1, -1, "")
        for start in range(max(0, last.start), len(self.text)):
            first = start + 1
            if start == last.start:
                first = last.end if label > last.label else last.end + 1
            if first <= len(self.text):
                yield start, first, len(self.text)

    def _surface(self, line: _Line) -> str:
        start = line.places[0][0]
        return self.text[start : start + line.length]

    def _meant(self, line: _Line) -> list[tuple[int, Span]]:
        """The spans that may end here, each with its number among the occurrences of the surface."""
        ends = [(start, start + line.length) for start, first, last in line.places if first <= start + line.length <= last]
        if not ends:
            return []
        occurrences = self._finder.occurrences(self._surface(line))
        return [(occurrences.index(place), Span(*place, line.label)) for place in ends]

    def _numbers(self, line: _Line) -> Iterator[tuple[str, _State]]:
        """The numbers of the occurrences that are meant only if they are named."""
        if meant := self._meant(line):
            expected = self._finder.next_after(line.said, line.label, self._surface(line))
            yield from ((f" ({number + 1})", (*line.said, span)) for number, span in meant if number != expected)

    def _on(self, line: _Line) -> Iterator[tuple[str, _State]]:
        """The next character of the places that go on, as it stands or escaped."""
        pieces: dict[str, list[_Place]] = {}
        places: Iterable[_Place] = line.places if line.length else self._later(line.said, line.label)
        for piece, place in chain.from_iterable(self._spellings(place, line.length) for place in places):
            pieces.setdefault(piece, []).append(place)
        for piece, places in pieces.items():
            yield piece, _Line(line.said, line.label, line.length + 1, tuple(places))

    def _spellings(self, place: _Place, length: int) -> Iterator[tuple[str, _Place]]:
        """How the character of a place behind its first `length` is written, and where the place may end if so.

        White space is escaped where it is the end of the surface, and so is a bracketed number.
        """
        start, first, last = place
        at = start + length
        if at >= last:
            return
        character, first = self.text[at], max(first, at + 1)
        escaped = escape(character, _ANY)
        if character in "\\\n" or not self.text[start : at + 1].strip():
            yield escaped, (start, first, last)
        elif blanks := _BLANKS.match(self.text, at):
            yield from _possible(escaped, start, first, min(last, blanks.end()))
            yield from _possible(character, start, max(first, blanks.end() + 1), last)
        elif bracketed := _BRACKETED.match(self.text, at):
            end = bracketed.end()
            yield from _possible(character, start, first, min(last, end - 1))
            yield from _possible(escaped, start, max(first, end), min(last, end))
            yield from _possible(character, start, max(first, end + 1), last)
        else:
            yield character, (start, first, last)


@final
class OneSpan(Automaton):
    """One line about a span of `text`, labelled `label`, or `none`."""

    def __init__(self, text: str, label: str) -> None:
        self._lines = SpanLines(text, (label,))

    @property
    def start(self) -> _Said:
        """Nothing is said yet."""
        return self._lines.start

    def whole(self, state: _State) -> bool:
        """After `none`, after the line, and in the line wherever its surface may end."""
        return self._lines.whole(state)

    def steps(self, state: _State) -> Iterator[tuple[str, _State]]:
        """The line, or more of it, but no other."""
        return (step for step in self._lines.steps(state) if not step[0].startswith(self._lines.between))


def _possible(piece: str, start: int, first: int, last: int) -> Iterator[tuple[str, _Place]]:
    if first <= last:
        yield piece, (start, first, last)
