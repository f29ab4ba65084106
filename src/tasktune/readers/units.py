"""Units of translation: texts of a file that is to be translated where it stands, so that all else in it is kept as it was.

PO, TMX and XLIFF are read as such. A unit knows its row and where in the file its translation goes; `translated` gives the file
with translations put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tasktune.core import Row


class Edit(NamedTuple):
    """The bytes from `start` to `end` of a file are to be `text`."""

    start: int
    end: int
    text: str


Fill = Callable[[bytes, str, str], Iterable[Edit]]
"""The edits that put a translation into a file: (the file, the translation, its language or "")."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A text and, in `row`, its translation if it has one. `fill` is `None` where there is nothing to put in.

    A text that is `marked` has codes of the document in it (`<ph/>`, `<g>`), which a translation that is put in has not.
    """

    row: Row
    fill: Fill | None
    marked: bool = False


def rows(units: Iterable[Unit]) -> Iterator[Row]:
    """The rows of units."""
    return (unit.row for unit in units)


def translated(data: bytes, edits: Iterable[Edit]) -> str:
    """The file with its edits made; those for one place in the order in which they come, and once where they are the same."""
    pieces, done = [], 0
    for start, end, text in sorted(dict.fromkeys(edits), key=lambda edit: edit[:2]):
        pieces += [data[done:start], text.encode()]
        done = end
    return b"".join([*pieces, data[done:]]).decode()
