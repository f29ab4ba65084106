"""The sentences of raw text in any language, where the data does not say what they are.

- `。！？；` and the like of other scripts (`؟`, `।`, `።` …) end a sentence wherever they stand;
- `. ! ? …` do where white space follows and then no small letter, `! ?` also before a Chinese character; a full stop does not
  behind an abbreviation (`Dr.`, `e.g.`, `et al.`) or an initial (`J. Smith`);
- quotes and brackets that close behind such a sign belong to the sentence;
- an empty line ends a sentence, a mere line break does not.
"""

from __future__ import annotations

import re
from typing import Final

from tasktune.answers import CJK, Words

_ALWAYS = "。！？；｡؟۔।॥։።៕။"
_CLOSING = "\"'”’»)\\]}」』）】》〉"
_OPENING: Final = "\"'“‘«([{「『（【《〈¿¡-–—•*"
_END = re.compile(
    rf"(?P<always>[{_ALWAYS}][{_ALWAYS}.!?…]*[{_CLOSING}]*)"
    rf"|(?P<maybe>(?<![.!?…])[.!?…]++[{_CLOSING}]*+)(?=\s|\Z)"
    rf"|(?P<before_cjk>(?<![!?])[!?]++[{_CLOSING}]*+)(?=[{CJK}])"
    r"|(?P<gap>\n[^\S\n]*+\n)"
)
"""What may end a sentence. Of a run of signs each alternative is tried once, at its first: a text is read in linear time."""

_ABBREVIATIONS: Final = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "rev",
        "hon",
        "gen",
        "col",
        "capt",
        "lt",
        "sgt",
        "sen",
        "rep",
        "gov",
        "pres",
        "jr",
        "sr",
        "mt",
        "messrs",
        "mme",
        "mlle",
        "sra",
        "dipl",
        "ing",
        "e.g",
        "i.e",
        "eg",
        "ie",
        "cf",
        "vs",
        "al",
        "etc",
        "ca",
        "approx",
        "resp",
        "fig",
        "figs",
        "eq",
        "eqs",
        "sec",
        "secs",
        "ch",
        "vol",
        "no",
        "nos",
        "nr",
        "pp",
        "p",
        "ed",
        "eds",
        "tab",
        "thm",
        "def",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "z.b",
        "d.h",
        "u.a",
        "bzw",
        "usw",
        "u.s",
        "u.k",
    ]
)
_LAST_WORD = re.compile(r"[\w.]*\Z")


def sentences(text: str) -> Words:
    """The sentences of `text` in order, as (start, end), without the white space around them.

    They do not overlap, and cover every character that is not white space.
    """
    cuts = [match.end() for match in _END.finditer(text) if _ends(text, match)]
    found = (_trimmed(text, start, end) for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True))
    return tuple((start, end) for start, end in found if start < end)


def _ends(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends with what was matched."""
    if match["maybe"] is None:
        return True
    after = text[match.end() : match.end() + 20].lstrip().lstrip(_OPENING)
    if after[:1].islower():
        return False
    return match["maybe"] != "." or not _is_abbreviation(text, match.start())


def _is_abbreviation(text: str, stop: int) -> bool:
    """Whether the full stop at `stop` belongs to the word before it: an abbreviation, or one capital letter."""
    found = _LAST_WORD.search(text, max(0, stop - 12), stop)
    word = found[0] if found else ""
    return word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isupper() and word != "I")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inside = text[start:end]
    return end - len(inside.lstrip()), start + len(inside.rstrip())
