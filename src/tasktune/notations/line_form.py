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
from tasktune.notations.escapes import escape, escaped
from tasktune.notations.lines import IN_LABEL, Finder
from tasktune.notations.names import NONE

_BLANKS = re.compile(r"\s+")
_BRACKETED = re.compile(r"\(\s*[0-9]{1,9}\s*\)")

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
        if isinstance(state, _Line):
            return any(number == "" for number, _ in self._ends(state))
        return bool(state)

    def steps(self, state: _State) -> Iterator[tuple[str, _State]]:
        """Another line, or more of this one."""
        match state:
            case _Line():
                yield from self._on(state)
                for number, said in self._ends(state):
                    yield from ((number, said),) if number else self._lines(said)
            case ():
                yield NONE, NONE
                yield from self._lines(())
            case tuple():
                yield from self._lines(state)

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

    def _ends(self, line: _Line) -> Iterator[tuple[str, _Said]]:
        """What has been said if the surface ends here, and the number to be written then: "" where it goes without saying."""
        ends = [(start, start + line.length) for start, first, last in line.places if first <= start + line.length <= last]
        if ends:
            surface = self._surface(line)
            expected = self._finder.next_after(line.said, line.label, surface)
            for place in ends:
                meant = self._finder.occurrences(surface).index(place)
                yield "" if meant == expected else f" ({meant + 1})", (*line.said, Span(*place, line.label))

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
        if character in "\\\n" or not self.text[start : at + 1].strip():
            yield escaped(character), (start, first, last)
        elif blanks := _BLANKS.match(self.text, at):
            yield from _possible(escaped(character), start, first, min(last, blanks.end()))
            yield from _possible(character, start, max(first, blanks.end() + 1), last)
        elif bracketed := _BRACKETED.match(self.text, at):
            end = bracketed.end()
            yield from _possible(character, start, first, min(last, end - 1))
            yield from _possible(escaped(character), start, max(first, end), min(last, end))
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
