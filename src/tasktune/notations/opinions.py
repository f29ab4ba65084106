"""Opinions as links from aspects to what is said of them, for every task whose answer is such: the parts of its `Links`."""

from __future__ import annotations

from typing import Any, Final

from tasktune.answers import Linked
from tasktune.core import Row
from tasktune.notations.linked import as_graph, from_graph, ordered, parts_of
from tasktune.notations.tokens import words_of

ASPECT: Final = "aspect"
OPINION: Final = "opinion"
ENDS: Final = (ASPECT, OPINION)

_Graph = tuple[tuple[tuple[int, int, str], ...], tuple[tuple[int, int, str], ...]]


def given(row: Row, text: str) -> Linked | None:
    """The opinions that a row holds, links {source, target, label} from aspects to opinions; `None` where it has none."""
    return parts_of(row, text, ENDS)


def write(record: Any) -> _Graph:
    """The spans and links over a record's words that say its answer."""
    return as_graph(words_of(record), record.answer)


def read(record: Any, graph: _Graph, labels: tuple[str, ...]) -> Linked:
    """The opinions that spans and links over a record's words say."""
    _, found = from_graph(words_of(record), *graph)
    return ordered(found)


def lost(record: Any) -> int:
    """How many opinions of a record's answer spans over its words, linked once at most, cannot say."""
    return len(record.answer) - len(write(record)[1])
