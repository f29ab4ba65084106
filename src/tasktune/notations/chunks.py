"""Labelled spans of a text as one tag a word, for every task whose answer is such spans: the four parts of its `Tags`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tasktune.answers import Span, Words
from tasktune.core import Row
from tasktune.notations import bio
from tasktune.notations.columns import aligned
from tasktune.notations.tokens import spans_of, tags_of, words_of


def given(row: Row, text: str, words: Words) -> tuple[Span, ...] | None:
    """The spans that a row holds, as tags of its words in any scheme (`notations.bio`) or as places; `None` where it has none."""
    tagged = tags_of(row, text, words)
    if tagged is None:
        return spans_of(row, text)
    try:
        return _spans([(tag.start, tag.end) for tag in tagged], [tag.label for tag in tagged])
    except ValueError as wrong:
        raise row.refuse(str(wrong)) from None


def write(record: Any) -> tuple[str, ...]:
    """The BIO tags of a record's words that say its answer."""
    return bio.tags_of(len(words_of(record)), _aligned(record))


def read(record: Any, tags: tuple[str, ...], labels: tuple[str, ...]) -> tuple[Span, ...]:
    """The spans that tags of a record's words say."""
    return _spans(words_of(record), tags)


def lost(record: Any) -> int:
    """How many spans of a record's answer do not begin and end with a word, or overlap one before."""
    return len(record.answer) - len(_aligned(record))


def _spans(words: Sequence[tuple[int, int]], tags: Sequence[str]) -> tuple[Span, ...]:
    return tuple(Span(words[first][0], words[last - 1][1], label) for first, last, label in bio.spans_of(tags))


def _aligned(record: Any) -> list[bio.WordSpan]:
    return aligned(words_of(record), record.answer)
