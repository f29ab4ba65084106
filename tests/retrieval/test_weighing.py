"""The weight of vectors is the one at which most is found."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tasktune.core import InputError
from tasktune.passages import Hit, Passage
from tasktune.retrieval.ways import Find
from tasktune.retrieval.weighing import WEIGHTS, Worth, best_weight


def giving(*names: str) -> Find:
    def find(queries: Sequence[str], k: int) -> list[list[Hit]]:
        return [[Hit(Passage(name, 0, 1, name), 1 / rank) for rank, name in enumerate(names, 1)] for _ in queries]

    return find


def rank_of(name: str) -> Worth:
    """1 for the first place, less for each further down, 0 where it is not among the hits."""
    return lambda hits: next((1 / rank for rank, hit in enumerate(hits, 1) if hit.passage.source == name), 0.0)


@pytest.mark.parametrize(("wanted", "weights"), [("a", (0.0, 0.5)), ("b", (0.6, 1.0)), ("c", (0.5, 0.5))])
def test_what_finds_best_counts_most(wanted: str, weights: tuple[float, float]):
    words, vectors = giving("a", *"defghijklm", "c", "b"), giving("b", *"nopqrstuvw", "c", "a")
    weight, means = best_weight(words, vectors, ["q"], [rank_of(wanted)])
    assert tuple(means) == WEIGHTS
    assert means[weight] == max(means.values())
    assert weights[0] <= weight <= weights[1]


def test_without_questions_there_is_nothing_to_weigh_by():
    with pytest.raises(InputError, match="takes questions"):
        best_weight(giving(), giving(), [], [])
