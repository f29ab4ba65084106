"""The words of raw text, where the data does not say what they are.

Close to Universal Dependencies and CoNLL for English, and simple enough to say in full:

- a run of letters, digits and marks (accents, vowel signs, joiners) is a word;
- a full stop or apostrophe with such on both sides belongs to the word (`U.S`, `O'Brien`, `example.org`, `3.8`), a comma or colon
  with digits on both sides too (`1,000`, `10:30`); a hyphen stands alone (`New` `York` `-` `based`), so that names can be tagged;
- English clitics are words of their own: `Obama` `'s`, `do` `n't`, `we` `'ll`;
- each Chinese character and each Japanese kana is a word, and so is every other sign.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from tasktune.answers import CJK, Words

_CJK = re.compile(f"[{CJK}]")
_IN_WORDS = ".'’"
_IN_NUMBERS = ",:"

# Of the kinds of characters, as `_kind` names them, not of the text itself.
_WORD = re.compile(r"[ad]+(?:(?:[.]|(?<=d),(?=d))[ad]+)*|[^ ]")
_CLITIC = re.compile(r"(?i:n['’]t|['’](?:s|m|d|ll|re|ve))\Z")


@cache
def _kind(character: str) -> str:
    """A blank, d(igit), a (letter or mark), c(haracter that is a word), "." (joins words), "," (joins numbers) or x (others)."""
    if character.isspace():
        return " "
    if character in _IN_WORDS:
        return "."
    if character in _IN_NUMBERS:
        return ","
    if is_cjk(character):
        return "c"
    category = unicodedata.category(character)
    return {"N": "d", "L": "a", "M": "a"}.get(category[0], "a" if category == "Cf" else "x")


def is_cjk(character: str) -> bool:
    """Whether this is a Chinese character or a Japanese kana, of which each is taken for a word."""
    return _CJK.fullmatch(character) is not None


def words(text: str) -> Words:
    """The words of `text` in order, as (start, end). They do not overlap, and cover every character that is not white space."""
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer("".join(map(_kind, text))):
        start, end = match.span()
        clitic = _CLITIC.search(text, max(start + 1, end - 3), end)
        found += [(start, clitic.start()), (clitic.start(), end)] if clitic else [(start, end)]
    return tuple(found)
