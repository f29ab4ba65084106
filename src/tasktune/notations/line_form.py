"""The form of spans as text (`notations.lines`): each line one of the labels and a stretch of the text itself.

Lines follow each other as `lines.write` orders them, each about a span behind the one before. So every line that is written is
about another span, none is lost when they are read, and an answer comes to its end by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from tasktune.answers import Span
from tasktune.forms import Automaton
from tasktune.notations.escapes import escape
from tasktune.notations.lines import IN_LABEL, Finder
from tasktune.notations.names import NONE
from tasktune.notations.surfaces import Place, ends_at, going_on, places_from

_Said = tuple[Span, ...]


@final
@dataclass(frozen=True, slots=True)
class _Line:
    """A line up to a point in its surface: the spans said before it, its label, and the first `length` characters of places."""

    said: _Said
    label: str
    length: int = 0
    places: tuple[Place, ...] = ()


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
        return state == NONE or any(self.said(state))

    def said(self, state: _State) -> Iterator[tuple[Span, ...]]:
        """The spans that an answer says which ends here; several where the same text may mean several."""
        match state:
            case _Line():
                yield from (said for number, said in self._ends(state) if not number)
            case tuple():
                yield state

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

    def _later(self, said: _Said, label: str) -> Iterator[Place]:
        """The places that a line with this label may still be about: those behind the last span."""
        last = said[-1] if said else Span(-1, -1, "")
        return places_from(self.text, last.start, last.end + (label <= last.label))

    def _surface(self, line: _Line) -> str:
        start = line.places[0][0]
        return self.text[start : start + line.length]

    def _ends(self, line: _Line) -> Iterator[tuple[str, _Said]]:
        """What has been said if the surface ends here, and the number to be written then: "" where it goes without saying."""
        if ends := ends_at(line.places, line.length):
            surface = self._surface(line)
            expected = self._finder.next_after(line.said, line.label, surface)
            for place in ends:
                meant = self._finder.occurrences(surface).index(place)
                yield "" if meant == expected else f" ({meant + 1})", (*line.said, Span(*place, line.label))

    def _on(self, line: _Line) -> Iterator[tuple[str, _State]]:
        """The next character of the places that go on, as it stands or escaped."""
        places = line.places if line.length else self._later(line.said, line.label)
        for piece, meant in going_on(self.text, places, line.length).items():
            yield piece, _Line(line.said, line.label, line.length + 1, tuple(meant))


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
