"""The words that BM25 counts, of queries and documents alike.

Text is folded (NFKC, without case) and then:

- a run of letters, digits and marks is a word, and all else parts words: `don't` is `don` and `t`, `snake_case` two words;
- scripts that put no blanks between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese), and Korean, whose words take endings,
  give each character and each two neighbours: 東京都 is 東, 東京, 京, 京都, 都. Without a dictionary that is what finds most
  (Nie et al. 2000, "On the use of words and n-grams for Chinese information retrieval"); a vowel sign stays with its letter.

Accents are kept, and no word is cut to its stem or left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import Final

from tasktune.answers import CJK
from tasktune.passages import Passage

_ASCII: Final = re.compile(r"[a-z0-9]+")
_UNSPACED: Final = (
    CJK + r"\u1100-\u11ff\uac00-\ud7af\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46"
    r"\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u1000-\u109f\u1780-\u17dd"
)


def words(text: str) -> list[str]:
    """The words of `text`, each as often as it stands there, in order. No word has a blank, or any sign of ASCII."""
    folded = (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()
    if folded.isascii():
        return _ASCII.findall(folded)
    found: list[str] = []
    word, unspaced, piece = _patterns()
    for run in word.findall(unicodedata.normalize("NFKC", folded)):
        if unspaced.search(run) is None:
            found.append(run)
        else:
            for part in piece.findall(run):
                found += _neighbours(unspaced.findall(part)) or [part]
    return found


def counted(passage: Passage) -> list[str]:
    """The words of a passage, its titles' before its text's."""
    return words(" ".join((*passage.titles, passage.text)))


def _neighbours(characters: list[str]) -> list[str]:
    """Each character, and behind it itself with the next one."""
    both = [each for first, second in pairwise(characters) for each in (first, first + second)]
    return both + characters[-1:]


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Patterns of a word; of one character of those scripts with its marks; and of what such characters part a word into."""
    marks = _marks()
    unspaced = f"[{_UNSPACED}][{marks}]*"
    return re.compile(f"(?:[^\\W_]|[{marks}])+"), re.compile(unspaced), re.compile(f"(?:{unspaced})+|[^{_UNSPACED}]+")


def _marks() -> str:
    """All accents and vowel signs, as ranges of a pattern."""
    ranges: list[list[int]] = []
    for code in range(0x300, 0x1F000):
        if unicodedata.category(chr(code))[0] == "M":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
