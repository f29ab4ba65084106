"""From a list of words, as CoNLL files have them, to a text and the places of the words in it."""

from __future__ import annotations

from collections.abc import Sequence

from tasktune.core import Row, Words
from tasktune.notations.words import is_cjk


def joined(words: Sequence[str], space_after: Sequence[bool]) -> tuple[str, Words]:
    """The text that `words` make, a blank after each for which `space_after` is true (none at the end), and their places."""
    text, places = "", []
    for k, (word, space) in enumerate(zip(words, space_after, strict=True)):
        places.append((len(text), len(text) + len(word)))
        text += word + (" " if space and k + 1 < len(words) else "")
    return text, tuple(places)


def text_and_words(row: Row) -> tuple[str, Words]:
    """The text of a row and the words that it states; none where it has only a `text`.

    Words may come as strings (joined by blanks, or as `space_after` says) or, beside a text, as [start, end] pairs.
    """
    words = row.get("words")
    if words is None:
        return row.string("text"), ()
    if not isinstance(words, list | tuple) or not words:
        raise row.refuse(f"'words' must be a list of words, but is {words!r}")
    if all(isinstance(word, str) for word in words):
        return joined(words, row.get("space_after") or _spaces(words))
    return row.string("text"), _places(row, words)


def _spaces(words: Sequence[str]) -> list[bool]:
    """Where blanks go between words that say nothing of it: everywhere but between two of Chinese or Japanese script."""
    return [not (is_cjk(word[-1:]) and is_cjk(after[:1])) for word, after in zip(words, [*words[1:], ""], strict=True)]


def _places(row: Row, words: Sequence[object]) -> Words:
    text, places, before = row.string("text"), [], 0
    for word in words:
        match word:
            case [int(start), int(end)] if before <= start < end <= len(text):
                places.append((start, end))
                before = end
            case _:
                raise row.refuse(f"words must follow each other in the text as [start, end], but one is {word!r}")
    return tuple(places)
