"""The best of some texts that do not say the same twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tasktune.notations.words import is_cjk, words

_WORDS: Final = 3
_CHARACTERS: Final = 5
"""What must not come twice: three words (Paulus et al. 2018), in Chinese five characters, which are about as many."""


def best_without_repeats(texts: Sequence[str], scores: Sequence[float], count: int) -> tuple[bool, ...]:
    """Which of the texts are taken: the best `count` by their scores of which none shares a trigram with a better one.

    Trigram blocking, as in BertSumExt (Liu & Lapata 2019); a text that is passed over makes room for the next. Of two with the
    same score, the first comes first.
    """
    taken: set[int] = set()
    said: set[tuple[str, ...]] = set()
    for k in sorted(range(len(texts)), key=lambda k: -scores[k]):
        if len(taken) == count:
            break
        grams = _trigrams(texts[k])
        if said.isdisjoint(grams):
            taken.add(k)
            said |= grams
    return tuple(k in taken for k in range(len(texts)))


def _trigrams(text: str) -> set[tuple[str, ...]]:
    """The trigrams of a text; of one that is too short to have any, all its words."""
    spoken = [text[start:end].lower() for start, end in words(text) if text[start:end].isalnum()]
    size = _CHARACTERS if 2 * sum(map(is_cjk, spoken)) > len(spoken) else _WORDS
    return set(zip(*(spoken[k:] for k in range(size)), strict=False)) or {tuple(spoken)}
