"""Aspects with their polarity, three lines an item: a text with `$T$` where the aspect stood, the aspect, and -1, 0 or 1.

But the $T$ was so horrible to us .
staff
-1

SemEval-2014's and Twitter's (Dong et al. 2014) sets go about in this form, as `.raw` and `.seg` files.
"""

from __future__ import annotations

from collections.abc import Iterator

from tasktune.core import Row
from tasktune.readers.source import Source

MARK = "$T$"
POLARITIES = {"-1": "negative", "0": "neutral", "1": "positive"}


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether lines are surely of this format: the first with the mark in it, and a polarity two lines below."""
    return len(lines) > 2 and MARK in lines[0] and lines[2].strip() in POLARITIES


def read(source: Source) -> Iterator[Row]:
    """A row an item: `text` with its mark, `aspect`, and as `answer` the name of its polarity.

    Raises `InputError` at the first item that is not three such lines.
    """
    item: list[str] = []
    first = number = 0
    for number, line in source.lines():
        first = first if item else number
        item.append(line)
        if len(item) == 3:
            yield _row(source, first, *(part.strip() for part in item))
            item = []
    if item:
        raise source.refuse(number, f"the last item has {len(item)} of its three lines: a text, an aspect, a polarity.")


def _row(source: Source, first: int, text: str, aspect: str, polarity: str) -> Row:
    if MARK not in text:
        raise source.refuse(first, f"no {MARK} where the aspect stands: {text[:60]!r}. An item is a text, an aspect, a polarity.")
    if polarity not in POLARITIES:
        raise source.refuse(first + 2, f"the polarity is {polarity[:60]!r}. It is -1, 0 or 1, below the text and the aspect.")
    return Row({"text": text, "aspect": aspect, "answer": POLARITIES[polarity]}, source.place(first))
