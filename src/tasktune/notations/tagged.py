"""Word tags as text: `word/TAG` for each word, separated by blanks.

Blanks and `/` in a word or tag are escaped (`notations.escapes`). Reading aligns the words that were given with the
words that are there, so that a word left out costs that word alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from tasktune.core import Words, WordTag
from tasktune.notations.escapes import escape, unescape
from tasktune.notations.folding import fold
from tasktune.notations.names import match

_SPECIAL = re.compile(r"[\s/]")
_LOOSE_SLASH = re.compile(r"\s*/\s*")


def write(text: str, tags: Iterable[WordTag]) -> str:
    """The tagged words of `text` as `word/TAG word/TAG …`."""
    return " ".join(f"{escape(text[t.start : t.end], _SPECIAL)}/{escape(t.label, _SPECIAL)}" for t in tags)


def read(text: str, words: Words, written: str, labels: tuple[str, ...]) -> tuple[WordTag, ...]:
    """The tags of those `words` of `text` that `written` names, in order.

    Words are matched without regard to case and accents (an uncased tokenizer keeps neither), and a tag to one of `labels`
    likewise where there are any and none is the same. A word that is not found gets no tag.
    """
    pairs = [piece.rpartition("/") for piece in _LOOSE_SLASH.sub("/", written).split()]
    given = [(unescape(word), unescape(tag)) for word, slash, tag in pairs if slash]
    here = [text[start:end] for start, end in words]
    found = SequenceMatcher(None, [fold(w) for w in here], [fold(w) for w, _ in given], autojunk=False)
    tagged = []
    for ours, theirs, length in found.get_matching_blocks():
        for k in range(length):
            tag = given[theirs + k][1]
            tagged.append(WordTag(*words[ours + k], match(tag, labels) or tag))
    return tuple(tagged)
