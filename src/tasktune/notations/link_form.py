"""The form of links as text (`notations.link_lines`): each line one of the labels and two stretches of the text itself.

Lines follow each other as `linked.ordered` has it, each about a link behind the one before. So none is said twice, and an answer
comes to its end by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from tasktune.forms import Automaton
from tasktune.notations.lines import Finder
from tasktune.notations.link_lines import BAR, labelled, numbered
from tasktune.notations.linked import NOWHERE
from tasktune.notations.names import NONE
from tasktune.notations.surfaces import NOWHERE as DASH
from tasktune.notations.surfaces import Place, ends_at, going_on, places_from

_End = tuple[int, int]


@final
@dataclass(frozen=True, slots=True)
class _Said:
    """The last line: the places of its ends, and its label."""

    source: _End
    target: _End
    label: str


@final
@dataclass(frozen=True, slots=True)
class _Line:
    """A line up to a point in one of its ends: the line before, the label, the source if that is written, and the surface so far.

    `surface` is the first `length` characters of `places`.
    """

    last: _Said | None
    label: str
    source: _End | None = None
    length: int = 0
    places: tuple[Place, ...] = ()


_State = str | _Said | _Line


@final
class LinkLines(Automaton):
    """The lines about links of `text`, labelled with `labels`; `none` where there are no links.

    Ends may be nowhere only where they can be `implicit`.
    """

    between = "\n"

    def __init__(self, text: str, labels: tuple[str, ...], implicit: bool) -> None:
        self.text, self.labels, self.implicit = text, labels, implicit
        self._finder = Finder(text)
        self._greatest = (len(text) - 1, len(text)) if text else NOWHERE

    @property
    def start(self) -> str:
        """Nothing is said yet."""
        return ""

    def whole(self, state: _State) -> bool:
        """After `none`, after a line, and in a target wherever its surface may end."""
        match state:
            case _Line(source=None):
                return False
            case _Line():
                return any(not number for number, _ in self._ends(state))
        return state != self.start

    def steps(self, state: _State) -> Iterator[tuple[str, _State]]:
        """Another line, or more of this one."""
        match state:
            case "":
                yield NONE, NONE
                yield from self._lines(None)
            case _Said():
                yield from self._lines(state)
            case _Line():
                yield from self._on(state)
                for number, place in self._ends(state):
                    yield from self._after(state, number, place)

    def _after(self, line: _Line, written: str, place: _End) -> Iterator[tuple[str, _State]]:
        """What comes behind an end, once `written` is."""
        if line.source is None:
            yield written + BAR, _Line(line.last, line.label, place)
        else:
            said = _Said(line.source, place, line.label)
            yield from ((written, said),) if written else self._lines(said)

    def _lines(self, last: _Said | None) -> Iterator[tuple[str, _State]]:
        """The beginnings of a line, for each label that can still be said of something."""
        for label in self.labels:
            line = _Line(last, label)
            if self._may_be_nowhere(line) or any(self._possible(line)):
                yield f"{self.between if last else ''}{labelled(label)}", line

    def _bound(self, line: _Line) -> _End:
        """The first place, in the order of places, that the end which is being written may have."""
        last = line.last
        if last is None or (line.source is not None and line.source > last.source):
            return NOWHERE
        if line.source is None:
            more = line.label > last.label or last.target < self._greatest
            return last.source if more else _next(last.source)
        return last.target if line.label > last.label else _next(last.target)

    def _may_be_nowhere(self, line: _Line) -> bool:
        return self.implicit and self._bound(line) == NOWHERE

    def _possible(self, line: _Line) -> Iterator[Place]:
        """The places in the text that the end which is being written may have."""
        return places_from(self.text, *self._bound(line))

    def _ends(self, line: _Line) -> Iterator[tuple[str, _End]]:
        """The places whose surface may end here, and the number to be written then: "" where it goes without saying."""
        return ((numbered(self._finder, place), place) for place in ends_at(line.places, line.length))

    def _on(self, line: _Line) -> Iterator[tuple[str, _State]]:
        """The next character of the places that go on, or that the end is nowhere."""
        if not line.length and self._may_be_nowhere(line):
            yield from self._after(line, DASH, NOWHERE)
        places = line.places if line.length else self._possible(line)
        for piece, meant in going_on(self.text, places, line.length).items():
            yield piece, _Line(line.last, line.label, line.source, line.length + 1, tuple(meant))


def _next(place: _End) -> _End:
    """The least place behind another."""
    return place[0], place[1] + 1
