"""The words that tell a group of texts from the others: class-based TF-IDF (Grootendorst 2022).

A word weighs its share of the group's words times log(1 + A / f), where f is how often it occurs in all groups, and A how many
words a group has on average. In Chinese and Japanese, runs of two to four characters that a group has
twice are taken for words: what stands once is mostly a piece of words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log
from typing import Final, TypeVar

from tasktune.answers import CJK
from tasktune.notations.words import is_cjk, words

_LONGEST: Final = 4
"""Characters of a Chinese word, at most."""

_TIMES: Final = 3
"""How many times as frequent as elsewhere a word is that tells something, at least."""

_CHINESE = re.compile(f"[{CJK}]+")

Group = TypeVar("Group")


def telling_words(groups: Mapping[Group, Sequence[str]], count: int) -> dict[Group, tuple[str, ...]]:
    """The `count` words that tell most of each group of texts, the weightiest first; fewer where a group has no more.

    A word that is no more frequent in the group than elsewhere ("the", "how") tells nothing, and of two of which one contains the
    other the weightier is taken.
    """
    seen = {group: Counter(word for text in texts for word in _spoken(text)) for group, texts in groups.items()}
    everywhere = sum(seen.values(), Counter[str]())
    average = everywhere.total() / max(1, len(seen))
    return {group: _best(_weights(times, everywhere, average), count) for group, times in seen.items()}


def _weights(times: Counter[str], everywhere: Counter[str], average: float) -> dict[str, float]:
    here, elsewhere = times.total(), everywhere.total() - times.total()
    return {
        word: n / here * log(1 + average / everywhere[word]) * (len(word) / 2 if is_cjk(word[0]) else 1)
        for word, n in times.items()
        if (n > 1 or not is_cjk(word[0])) and n * elsewhere >= _TIMES * (everywhere[word] - n) * here
    }


def _best(weights: Mapping[str, float], count: int) -> tuple[str, ...]:
    taken: list[str] = []
    for word in sorted(weights, key=lambda word: (-weights[word], word)):
        if len(taken) == count:
            break
        if not any(word in other or other in word for other in taken):
            taken.append(word)
    return tuple(taken)


def _spoken(text: str) -> Iterator[str]:
    """The words of a text that can tell something: of two letters or more, in lower case; for Chinese, its runs of characters."""
    for match in _CHINESE.finditer(text):
        yield from _runs(match[0])
    for start, end in words(text):
        word = text[start:end].lower()
        if len(word) > 1 and any(map(str.isalpha, word)):
            yield word


def _runs(characters: str) -> Iterable[str]:
    sizes = range(2, _LONGEST + 1)
    return (characters[k : k + size] for size in sizes for k in range(len(characters) - size + 1))
