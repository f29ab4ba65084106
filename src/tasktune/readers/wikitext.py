"""WikiText: articles under `= Title =` lines, with `= = Heading = =` lines inside (Merity et al. 2017)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasktune.core import Row
from tasktune.readers.source import Source, is_blank

_TITLE = re.compile(r" ?= [^=\s](?:.*[^=\s])? = ?")


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether the first line that is not blank is a title."""
    first = next((line for line in lines if not is_blank(line)), "")
    return _TITLE.fullmatch(first) is not None


def read(source: Source) -> Iterator[Row]:
    """A row an article, under `text`: its title, headings and paragraphs as they are, each on a line, without blank lines.

    What stands before the first title is a text, too.
    """
    held: list[str] = []
    start = 1
    for number, line in source.lines():
        if is_blank(line):
            continue
        if held and _TITLE.fullmatch(line):
            yield Row({"text": "\n".join(held)}, source.place(start))
            held = []
        start = start if held else number
        held.append(line)
    if held:
        yield Row({"text": "\n".join(held)}, source.place(start))
