"""A label, a space and a text on each line, as in TREC, or labels marked `__label__`, as in fastText."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tasktune.core import Row
from tasktune.readers.source import Source

FASTTEXT = "__label__"
LABEL = re.compile(r"([^ \t]+)[ \t](.*)", re.DOTALL)
LABEL_SHAPED = re.compile(r"(__label__[^ \t]+|[A-Za-z_]+:[A-Za-z_]+|[A-Z]{2,}) +[^ ]")


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether every line starts with what could be a label: `__label__x`, `COARSE:fine` or `LABEL`."""
    return bool(lines) and all(LABEL_SHAPED.match(line) for line in lines)


def read(source: Source) -> Iterator[Row]:
    """A row a line: `label` and `text`.

    The label is the first word, and the text all after the space behind it. In a file whose first line starts with `__label__`
    (fastText), `label` is the list of the labels before the text, without that prefix.
    """
    fasttext = False
    for number, line in source.lines():
        fasttext = fasttext or (number == 1 and line.startswith(FASTTEXT))
        values = _fasttext(line) if fasttext else _first_word(line)
        if values is None:
            wanted = "__label__NAME and a text" if fasttext else "a label, a space and a text"
            raise source.refuse(number, f"{wanted} must stand on each line, but it is {line[:60]!r}")
        yield Row(values, source.place(number))


def _first_word(line: str) -> dict[str, Any] | None:
    found = LABEL.fullmatch(line)
    return {"label": found[1], "text": found[2]} if found else None


def _fasttext(line: str) -> dict[str, Any] | None:
    labels: list[str] = []
    while line.startswith(FASTTEXT) and (found := LABEL.fullmatch(line)):
        labels.append(found[1].removeprefix(FASTTEXT))
        line = found[2]
    return {"label": labels, "text": line} if labels and not line.startswith(FASTTEXT) else None
