"""What METEOR 1.5 takes for a word of English, and which words it takes for much the same (Denkowski & Lavie 2014).

Text is cut as the Moses tokenizer cuts it, with METEOR's own additions: quotes and dashes are made plain, words with hyphens are
parted, abbreviations lose their dots. Two words are alike where they are the same, have the same stem (Snowball's), or share a
synset of WordNet, which is used where it is found: in the folder `$WNSEARCHDIR`, in `/usr/share/wordnet` (Debian's
wordnet-base), or among NLTK's data.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from string import ascii_uppercase
from typing import Any

_LETTERS = "A-Za-zŠŽšžŸÀ-ÖØ-öø-ž\u0400-\u0527\ua640-\ua66e\ua67e-\ua697\u1d00-\u1d7f"
_STEPS = tuple(
    (re.compile(pattern, re.ASCII), replacement)
    for pattern, replacement in (
        (rf"([^0-9{_LETTERS}\s.'`,\-‘’])", r" \1 "),  # a sign is a word
        (r"\.{2,}", r" \g<0> "),
        (r"(\D),(\D)", r"\1 , \2"),  # so is a comma, but for one within a number
        (r"(\d),(\D)", r"\1 , \2"),
        (r"(\D),(\d)", r"\1 , \2"),
        ("[`‘’]", "'"),
        ("[“”]|''", ' " '),
        ("–", "-"),
        ("--", "-"),
        (rf"([0-9{_LETTERS}.])-([0-9{_LETTERS}])", r"\1 \2"),
        (rf"([^{_LETTERS}])'([^{_LETTERS}])", r"\1 ' \2"),  # 's, 're, 't are words
        (rf"([^{_LETTERS}0-9])'([{_LETTERS}])", r"\1 ' \2"),
        (rf"([{_LETTERS}])'([^{_LETTERS}])", r"\1 ' \2"),
        (rf"([{_LETTERS}])'([{_LETTERS}])", r"\1 '\2"),
        (r"(\d)'(s)", r"\1 '\2"),
    )
)
_SPACE = re.compile("[ \t\n\r\f]+")
_ANY_SPACE = re.compile("[ \t\n\r\f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LETTER = re.compile(f"[{_LETTERS}]")

_TITLES_AND_SUCH = """
    Adj Adm Adv Asst Bart Bldg Brig Bros Capt Cmdr Col Comdr Con Corp Cpl DR Dr Drs Ens Gen Gov Hon Hr Hosp Insp Lt MM MR MRS MS
    Maj Messrs Mlle Mme Mr Mrs Ms Msgr Op Ord Pfc Ph Prof Pvt Rep Reps Res Rev Rt Sen Sens Sfc Sgt Sr St Supt Surg v vs i.e rev
    e.g Nos Nr
"""
_ABBREVIATIONS = frozenset((*ascii_uppercase, *_TITLES_AND_SUCH.split()))
"""What keeps the dot behind it, as the Moses tokenizer has it."""
_NUMBERED = frozenset(("No", "Art", "pp"))
"""What keeps it before a number."""

_FREQUENT = """
    the , . to of and a in that for " is on 's it with was as said at he by be from have has are his but an this not i will ’ they
    ) -rrb- ( -lrb- who their had we which were been more or s its would about new one after you : also up when there than $ all
    out her people she year two - can if last first “ over other ” into some what so -- no time years could ? 't — '
"""
FUNCTION_WORDS = frozenset(_FREQUENT.split())
"""The words and signs that each make up a thousandth of written English or more."""


def words(text: str) -> list[str]:
    """The words and signs of an English text, in lower case."""
    text = f" {text} "
    for pattern, replacement in _STEPS:
        text = pattern.sub(replacement, text)
    cut = [word for word in _SPACE.split(text) if word]
    dotted = (_dotted(word, after) for word, after in zip(cut, [*cut[1:], ""], strict=False))
    return [word for word in _ANY_SPACE.split(" ".join(dotted).lower()) if word]


def _dotted(word: str, after: str) -> str:
    """A word with the dot behind it parted from it where it ends a sentence."""
    before = word[:-1]
    if not word.endswith(".") or not before.strip("."):
        return word
    if "." in before and _LETTER.search(before):
        return word.replace(".", "")
    goes_on = "a" <= after[:1] <= "z"
    if goes_on or before in _ABBREVIATIONS or (before in _NUMBERED and "0" <= after[:1] <= "9"):
        return word
    return f"{before} ."


@lru_cache(65_536)
def stem(word: str) -> str:
    """The word without its ending, by Snowball's English stemmer."""
    stemmed: str = _stemmer().stem(word)
    return stemmed


@cache
def _stemmer() -> Any:
    from nltk.stem.snowball import EnglishStemmer

    return EnglishStemmer()


@cache
def wordnet() -> WordNet | None:
    """WordNet, where it is found."""
    places = (os.environ.get("WNSEARCHDIR"), "/usr/share/wordnet", _of_nltk())
    found = (Path(place) for place in places if place and Path(place, "index.noun").is_file())
    folder = next(found, None)
    return None if folder is None else WordNet(folder)


def _of_nltk() -> str | None:
    from nltk.data import find

    try:
        return str(find("corpora/wordnet"))
    except LookupError:
        return None


class WordNet:
    """Which synsets words are in, from the files of WordNet's database (`man 5 wndb`)."""

    def __init__(self, folder: Path) -> None:
        kinds = ("noun", "verb", "adj", "adv")
        self._indices = [_lines(folder / f"index.{kind}") for kind in kinds]
        self._exceptions = [_lines(folder / f"{kind}.exc") for kind in kinds]

    def synsets(self, word: str) -> frozenset[str]:
        """The synsets of a word and of its base forms, by their offsets."""
        bases = [base for lines in self._exceptions for base in lines.get(word, "").split()]
        return frozenset(synset for form in (word, *(bases or [self._base(word)])) for synset in self._of(form))

    def _of(self, lemma: str) -> Iterator[str]:
        for lines in self._indices:
            fields = lines.get(lemma, "n 0").split()
            yield from fields[len(fields) - int(fields[1]) :]

    def _base(self, word: str) -> str:
        """The base form by the first of WordNet's rules of detachment that gives a word it knows; "" where none does."""
        if word.endswith("ss") or len(word) <= 2:
            return word
        formed = (word.removesuffix(ending) + base for ending, base in _DETACHMENT if word.endswith(ending))
        return next((base for base in formed if any(base in lines for lines in self._indices)), "")


_DETACHMENT = (
    *(("s", ""), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"), ("ies", "y")),
    *(("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", "")),
    *(("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
)


def _lines(path: Path) -> dict[str, str]:
    """The lines of one of WordNet's files by their first words, without the licence, which is indented."""
    lines = (line.partition(" ") for line in path.read_text("utf-8").splitlines() if not line.startswith(" "))
    return {word: fields for word, _, fields in lines}
