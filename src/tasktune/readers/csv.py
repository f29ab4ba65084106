"""Comma-separated values, as RFC 4180 has them: a cell in quotes may hold commas, line breaks and doubled quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tasktune.core import Row
from tasktune.readers.source import Source
from tasktune.readers.table import Cells, table, written

CELL = re.compile(r'(?:"((?:[^"]++|"")*+)"|([^",\r\n]*+))(,|\r?\n\Z|\Z)')
QUOTES = 'Put the cell in quotes and double those inside it: "a ""b"" c". If quotes are plain text, use tabs and --format tsv.'


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether the first line is surely the header of a CSV file: several cells, one of them a known name."""
    names = [cell.strip('"').lower() for cell in lines[0].split(",")] if lines else []
    return len(names) > 1 and not known.isdisjoint(names)


def read(source: Source) -> Iterator[Row]:
    """A row a record. Raises `InputError` at misplaced quotes and at rows of another width."""
    yield from table(source, _records(source))


def _records(source: Source) -> Iterator[Cells]:
    """The records of a CSV file. One ends where a line does and all quotes so far are paired."""
    held: list[str] = []
    start, quotes = 0, 0
    for number, piece in source.pieces():
        start = start if held else number
        held.append(piece)
        quotes += piece.count('"')
        if quotes % 2 == 0:
            yield start, _split(source, start, "".join(held))
            held, quotes = [], 0
    if held:
        raise source.refuse(start, f"a quote is opened in this row and never closed: {held[0][:60]!r}. {QUOTES}")


def _split(source: Source, start: int, record: str) -> list[str]:
    cells: list[str] = []
    position, delimiter = 0, ","
    while delimiter == ",":
        cell = CELL.match(record, position)
        if cell is None:
            what = f"a quote or a carriage return inside cell {len(cells) + 1}, which is not in quotes"
            raise source.refuse(start, f"{what}: {record[position : position + 60]!r}. {QUOTES}")
        quoted, plain, delimiter = cell.groups()
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        position = cell.end()
    return cells


def write(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A header and a record a row. A value that is not text is written as JSON."""
    for cells in written(rows):
        quoted = ['"' + cell.replace('"', '""') + '"' if re.search(r'[",\r\n]', cell) else cell for cell in cells]
        yield (",".join(quoted) if quoted != [""] else '""') + "\n"
