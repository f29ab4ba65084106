"""How much vectors should count beside words, and a reranker beside both, learnt on questions of which it is known what answers
them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tasktune.core import InputError
from tasktune.passages import Hit
from tasktune.retrieval.ways import LEAST_CANDIDATES, Find, fused, refuse_no_grader, reranked

if TYPE_CHECKING:
    from tasktune.models.model import Model

WEIGHTS = tuple(k / 10 for k in range(11))
Worth = Callable[[Sequence[Hit]], float]
"""How good what was found for a query is."""


Weighed = tuple[float, dict[float, float]]
"""The best weight, and the mean worth at each weight that was tried."""


def best_weight(by_words: Find, by_vectors: Find, queries: Sequence[str], worth: Sequence[Worth]) -> Weighed:
    """The weight of vectors at which fusion finds best, and what each is worth.

    `worth` says for each query how good its ten first hits are (nDCG@10, say). Of weights that are equally good, the one nearest
    to a half. Raises `InputError` where there are no queries.
    """
    if not queries:
        raise InputError("to weigh ways to find takes questions of which it is known what answers them")
    ways = [_again(way(queries, LEAST_CANDIDATES)) for way in (by_words, by_vectors)]
    means = {weight: _mean(fused(ways, (1 - weight, weight))(queries, 10), worth) for weight in WEIGHTS}
    return max(means, key=lambda weight: (round(means[weight], 9), -abs(weight - 0.5))), means


def best_trust(way: Find, grader: Model, queries: Sequence[str], worth: Sequence[Worth]) -> Weighed:
    """The weight of a reranker beside the order in which a way finds its candidates, and what each is worth."""
    refuse_no_grader(grader)
    found = _again(way(queries, LEAST_CANDIDATES))
    return best_weight(found, reranked(found, grader), queries, worth)


def _again(lists: list[list[Hit]]) -> Find:
    """A way that gives what was found once."""
    return lambda queries, k: lists


def _mean(found: Sequence[Sequence[Hit]], worth: Sequence[Worth]) -> float:
    return sum(of(hits) for of, hits in zip(worth, found, strict=True)) / len(found)
