"""How much vectors should count beside words, learnt on questions of which it is known what answers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tasktune.core import InputError
from tasktune.metrics.retrieval import measured
from tasktune.passages import Hit
from tasktune.retrieval.ways import LEAST_CANDIDATES, Find, fused

WEIGHTS = tuple(k / 10 for k in range(11))


def best_weight(
    by_words: Find, by_vectors: Find, queries: Sequence[str], judged: Sequence[Mapping[str, int]]
) -> tuple[float, dict[float, float]]:
    """The weight of vectors at which fusion finds best, and the mean nDCG@10 of each weight that was tried.

    `judged` are for each query the grades of passages, by their ids, or of documents, by their sources. Of weights that are
    equally good, the one nearest to a half. Raises `InputError` where there are no queries.
    """
    if not queries:
        raise InputError("to weigh words and vectors takes questions of which it is known what answers them")
    ways = [_again(way(queries, LEAST_CANDIDATES)) for way in (by_words, by_vectors)]
    means = {weight: _mean(fused(ways, (1 - weight, weight))(queries, 10), judged) for weight in WEIGHTS}
    return max(means, key=lambda weight: (round(means[weight], 9), -abs(weight - 0.5))), means


def _again(lists: list[list[Hit]]) -> Find:
    """A way that gives what was found once."""
    return lambda queries, k: lists


def _mean(found: Sequence[Sequence[Hit]], judged: Sequence[Mapping[str, int]]) -> float:
    each = [measured(grades, ranking(hits, grades))["ndcg@10"] for hits, grades in zip(found, judged, strict=True)]
    return sum(each) / len(each)


def ranking(hits: Sequence[Hit], judged: Mapping[str, int]) -> list[str]:
    """What was found, by the names that were judged: a passage's id or its document's source, each once, best first."""
    names = (hit.passage.id if hit.passage.id in judged else hit.passage.source for hit in hits)
    return list(dict.fromkeys(names))
