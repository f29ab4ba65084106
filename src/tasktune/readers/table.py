"""What comma- and tab-separated tables have in common: a header or none, and rows of one width.

Every value is text as it stands: "NA", "007" and "" are not missing, not a number and not nothing.

A first row is a header if one of its cells is a name that the caller knows (a field, an alias, or a column named in `--map`;
`Source.known`). Otherwise every row is data, and columns are called "1", "2" … A first row that looks like a header all the same
(words above numbers) is refused rather than taken for data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from tasktune.core import InputError, Row
from tasktune.readers.source import Source, is_blank

Cells = tuple[int, list[str]]
"""The line on which a row starts, and its cells."""

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
SAMPLE = 50


def table(source: Source, records: Iterator[Cells]) -> Iterator[Row]:
    """Rows of named cells. Raises `InputError` at rows of another width, empty lines between, a header of unknown names."""
    first = next(records, None)
    if first is None:
        return
    line, cells = first
    if source.known.isdisjoint(cell.lower() for cell in cells):
        following = list(islice(records, SAMPLE))
        if _heads_numbers(cells, [row for _, row in following]):
            raise _unknown_header(source, line, cells)
        names = [str(number) for number in range(1, len(cells) + 1)]
        yield from _rows(source, names, chain([first], following, records))
    else:
        yield from _rows(source, _header(source, line, cells), records)


def _heads_numbers(first: list[str], others: list[list[str]]) -> bool:
    """Whether a word stands above a column of nothing but numbers (three at least)."""
    columns = zip(*(row for row in others if len(row) == len(first)), strict=True)
    return any(
        len(column) > 2 and head and not NUMBER.fullmatch(head) and all(NUMBER.fullmatch(cell) for cell in column)
        for head, column in zip(first, columns, strict=False)
    )


def _unknown_header(source: Source, line: int, cells: list[str]) -> InputError:
    return source.refuse(
        line,
        f"this looks like a header, but none of its names is known here: {', '.join(map(repr, cells))}. Say by name which column "
        f"is which, as in --map text='{cells[-1]}'; if it is data, correct the cell that is not a number.",
    )


def _header(source: Source, line: int, cells: list[str]) -> list[str]:
    """The names of the columns; one without a name (pandas' index) has its number."""
    names = [cell or str(number) for number, cell in enumerate(cells, 1)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise source.refuse(line, f"two columns are called {twice!r}. Give every column its own name.")
    return names


def _rows(source: Source, names: list[str], records: Iterable[Cells]) -> Iterator[Row]:
    blank = 0
    for line, cells in records:
        if len(names) > 1 and len(cells) == 1 and is_blank(cells[0]):
            blank = blank or line
        elif blank:
            raise source.refuse(blank, "an empty line between rows. Delete it; if such lines part sentences, use --format conll.")
        elif len(cells) != len(names):
            raise _ragged(source, line, cells, names)
        else:
            yield Row(dict(zip(names, cells, strict=True)), source.place(line))


def _ragged(source: Source, line: int, cells: list[str], names: list[str]) -> InputError:
    return source.refuse(
        line,
        f"{len(cells)} cells where the first row has {len(names)}: {cells!r:.100}. A cell that holds the separator "
        "must be in quotes (CSV), or cannot hold it (TSV); a cell without a value is still there, empty.",
    )


def written(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    """The header and the rows as cells; a value that is not text is written as JSON. Raises `InputError` for other fields."""
    names: list[str] | None = None
    for number, row in enumerate(rows, 1):
        if names is None:
            names = list(row)
            yield names
        if row.keys() != set(names):
            raise InputError(f"record {number} has the fields {', '.join(row)}, the first has {', '.join(names)}: no table.")
        yield [
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in map(row.__getitem__, names)
        ]
