"""The sentences of a text that together are most like its summary: what an extractive model learns from, and its ceiling.

Sentences are added one at a time, always the one that raises ROUGE-1 + ROUGE-2 (F-measures) most, until none raises it
(Nallapati et al. 2017; the sum is that of PreSumm, Liu & Lapata 2019). Words are those that `rouge` counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tasktune.metrics.rouge import words_by

_SAME = 1e-12  # figures nearer to each other than that differ by rounding


@dataclass(frozen=True, slots=True)
class _Grams:
    """How often each n-gram that matters occurs, and how many n-grams there are in all."""

    times: Counter[Any]
    total: int

    def __add__(self, other: _Grams) -> _Grams:
        return _Grams(self.times + other.times, self.total + other.total)

    def f1(self, reference: _Grams) -> float:
        """2 P R / (P + R) = 2 |both| / (|one| + |other|)."""
        both = (self.times & reference.times).total()
        return 2 * both / (self.total + reference.total) if both else 0.0


_Pair = tuple[_Grams, _Grams]
"""The words of a text, and the pairs of neighbouring words."""


def oracle(sentences: Sequence[str], references: Iterable[str]) -> tuple[bool, ...]:
    """Which sentences are taken. Of several references, it is the one that the sentences can come nearest to."""
    best: tuple[float, frozenset[int]] = (0.0, frozenset())
    for reference in references:
        cut = words_by((reference,))
        wanted = _grams(cut(reference), None)
        found = _greedy([_grams(cut(sentence), wanted) for sentence in sentences], wanted)
        best = max(best, found, key=lambda each: each[0])
    return tuple(k in best[1] for k in range(len(sentences)))


def _grams(words: Sequence[str], wanted: _Pair | None) -> _Pair:
    """The n-grams of a text, counted where they are `wanted`."""
    one, two = Counter(words), Counter(pairwise(words))
    if wanted is None:
        return _Grams(one, one.total()), _Grams(two, two.total())
    return _kept(one, wanted[0]), _kept(two, wanted[1])


def _kept(times: Counter[Any], wanted: _Grams) -> _Grams:
    return _Grams(Counter({gram: n for gram, n in times.items() if gram in wanted.times}), times.total())


def _greedy(sentences: Sequence[_Pair], wanted: _Pair) -> tuple[float, frozenset[int]]:
    """The best figure that can be had in this way, and the sentences that have it."""
    taken: frozenset[int] = frozenset()
    so_far, reached = (_Grams(Counter(), 0), _Grams(Counter(), 0)), 0.0
    joined: Callable[[int], _Pair] = lambda k: (so_far[0] + sentences[k][0], so_far[1] + sentences[k][1])  # noqa: E731
    while left := [k for k in range(len(sentences)) if k not in taken]:
        figures = {k: sum(grams.f1(other) for grams, other in zip(joined(k), wanted, strict=True)) for k in left}
        best = max(left, key=figures.__getitem__)
        if figures[best] <= reached + _SAME:
            break
        so_far, reached, taken = joined(best), figures[best], taken | {best}
    return reached, taken
