"""A file as one text: a book, a play, a log, whose lines and paragraphs belong together."""

from __future__ import annotations

from collections.abc import Iterator

from tasktune.core import Row
from tasktune.readers.source import Source


def read(source: Source) -> Iterator[Row]:
    """One row, under `text`; none for an empty file. The file is held in memory."""
    text = source.text()
    if text:
        yield Row({"text": text}, source.place(1))
