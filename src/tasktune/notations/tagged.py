"""Word tags as text: `word/TAG` for each word, separated by blanks.

What a word or tag must not hold (blanks, `/` and `\\`) is written `\\uXXXX`. Reading aligns the words that were given with the
words that are there, so that a word left out costs that word alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from tasktune.core import Words, WordTag
from tasktune.notations.names import match

_SPECIAL = re.compile(r"[\s\\/]")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4,6});")
_LOOSE_SLASH = re.compile(r"\s*/\s*")


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda m: f"\\u{ord(m[0]):04x};", text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)


def write(text: str, tags: Iterable[WordTag]) -> str:
    """The tagged words of `text` as `word/TAG word/TAG …`."""
    return " ".join(f"{_escape(text[t.start : t.end])}/{_escape(t.label)}" for t in tags)


def read(text: str, words: Words, written: str, labels: tuple[str, ...]) -> tuple[WordTag, ...]:
    """The tags of those `words` of `text` that `written` names, in order.

    Words are matched without regard to case, and a tag to one of `labels` likewise where there are any and none is the same (an
    uncased tokenizer keeps neither). A word that is not found gets no tag.
    """
    pairs = [piece.rpartition("/") for piece in _LOOSE_SLASH.sub("/", written).split()]
    given = [(_unescape(word), _unescape(tag)) for word, slash, tag in pairs if slash]
    here = [text[start:end] for start, end in words]
    found = SequenceMatcher(None, [w.casefold() for w in here], [w.casefold() for w, _ in given], autojunk=False)
    tagged = []
    for ours, theirs, length in found.get_matching_blocks():
        for k in range(length):
            tag = given[theirs + k][1]
            tagged.append(WordTag(*words[ours + k], match(tag, labels) or tag))
    return tuple(tagged)
