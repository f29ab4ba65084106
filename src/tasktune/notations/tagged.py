"""Word tags as text: `word/TAG` for each word, separated by blanks.

Blanks and `/` in a word or tag are escaped (`notations.escapes`). Reading aligns the words that were given with the
words that are there, so that a word left out costs that word alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from tasktune.answers import Words, WordTag
from tasktune.notations.escapes import escape, unescape
from tasktune.notations.folding import fold
from tasktune.notations.names import match, spaced

_SPECIAL = re.compile(r"[\s/]")


def write(text: str, tags: Iterable[WordTag]) -> str:
    """The tagged words of `text` as `word/TAG word/TAG …`."""
    return " ".join(f"{spelled(text[t.start : t.end])}/{spelled(t.label)}" for t in tags)


def spelled(part: str) -> str:
    """A word or a tag as it stands on its side of the `/`."""
    return escape(part, _SPECIAL)


def read(text: str, words: Words, written: str, labels: tuple[str, ...]) -> tuple[WordTag, ...]:
    """The tags of those `words` of `text` that `written` names, in order.

    Words are matched without regard to case and accents (an uncased tokenizer keeps neither), and a tag to one of `labels`
    likewise where there are any and none is the same. Blanks inside of words and of `labels` are passed over (such a tokenizer
    writes `U . S .`). A word that is not found gets no tag.
    """
    given = [(fold(unescape(word)), unescape(tag)) for word, tag in _pairs(labels).findall(written)]
    here = [fold(text[start:end]) for start, end in words]
    found = SequenceMatcher(None, here, [word for word, _ in given], autojunk=False)
    tagged = []
    for ours, theirs, length in found.get_matching_blocks():
        for k in range(length):
            tag = given[theirs + k][1]
            tagged.append(WordTag(*words[ours + k], match(tag, labels) or tag))
    return tuple(tagged)


def _pairs(labels: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for a word, its slash and its tag: the longest label that fits, or else all up to a blank.

    The sign behind a label is of the next word: some tokenizers write `boat/NOUN ./PUNCT` as `boat / noun. / punct`.
    """
    names = sorted(map(spelled, labels), key=len, reverse=True)
    known = "|".join(way for name in names for way in (re.escape(name), spaced(name)) if way) or "(?!)"
    return re.compile(rf"(.*?)\s*/\s*((?:{known})(?!\s*/|\w)|[^\s/]+(?!\s*/|\S))", re.IGNORECASE | re.DOTALL)
