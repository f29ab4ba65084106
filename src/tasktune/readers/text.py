"""Plain text, a record a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tasktune.core import InputError, Row
from tasktune.readers.documents import END_OF_TEXT
from tasktune.readers.source import Source, is_blank


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether there is text, and no mark that it is documents or XML."""
    first = next((line for line in lines if not is_blank(line)), None)
    return first is not None and END_OF_TEXT not in lines and not first.startswith(("<?xml", "<!DOCTYPE", "<html"))


def read(source: Source) -> Iterator[Row]:
    """A row a line, under `text`. An empty line is an empty text, so that output lines up with input."""
    for number, line in source.lines():
        yield Row({"text": line}, source.place(number))


def write(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The `text` of each row on a line. Raises `InputError` for a text that is not one line."""
    for number, row in enumerate(rows, 1):
        if re.search(r"\n|\r\Z", row["text"]):
            raise InputError(f"record {number} has a line break in its text, so it cannot be one line. Write .jsonl instead.")
        yield row["text"] + "\n"
