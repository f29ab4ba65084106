"""Tab-separated values, as IANA has them: a quote is a character like any other, and no cell holds a tab or a line break."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tasktune.core import InputError, Row
from tasktune.readers.source import Source, is_blank
from tasktune.readers.table import table, written


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether lines are surely TSV: all have the same number of tabs, one at least, and none is blank."""
    tabs = {line.count("\t") for line in lines}
    return len(tabs) == 1 and tabs != {0} and not any(is_blank(line) for line in lines)


def read(source: Source) -> Iterator[Row]:
    """A row a line. Raises `InputError` at the first line of another width."""
    yield from table(source, ((number, line.split("\t")) for number, line in source.lines()))


def write(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A header and a line a row. A value that is not text is written as JSON. Raises `InputError` for tabs and line breaks."""
    for number, cells in enumerate(written(rows)):
        wrong = next((cell for cell in cells if re.search(r"[\t\n]|\r\Z", cell)), None)
        if wrong is not None:
            raise InputError(f"record {number}: TSV cannot hold a tab or line break: {wrong[:60]!r}. Write .csv or .jsonl.")
        yield "\t".join(cells) + "\n"
