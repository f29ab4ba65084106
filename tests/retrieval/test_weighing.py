"""The weight of vectors is the one at which most is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import SimpleNamespace

import pytest

from tasktune.core import InputError
from tasktune.passages import Hit, Passage
from tasktune.retrieval.ways import LEAST_CANDIDATES, Find, reranked
from tasktune.retrieval.weighing import WEIGHTS, Worth, best_trust, best_weight


def giving(*names: str) -> Find:
    def find(queries: Sequence[str], k: int) -> list[list[Hit]]:
        return [[Hit(Passage(name, 0, 1, name), 1 / rank) for rank, name in enumerate(names[:k], 1)] for _ in queries]

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


class Grader:
    """Gives each passage a grade."""

    task = SimpleNamespace(name="reranking")

    def __init__(self, **grades: float | None) -> None:
        self.grades = grades

    def stream(self, asked: Iterable[dict[str, str]]) -> Iterator[SimpleNamespace]:
        return (SimpleNamespace(answer=self.grades[each["passage"]]) for each in asked)


@pytest.mark.parametrize(("wanted", "weights"), [("a", (0.0, 0.4)), ("b", (0.6, 1.0)), ("c", (0.5, 0.5))])
def test_a_reranker_counts_as_much_as_it_finds(wanted: str, weights: tuple[float, float]):
    way, grader = giving(*"acdeb"), Grader(b=0.5, c=0.4, d=0.3, e=0.2, a=0.1)
    weight, means = best_trust(way, grader, ["q"], [rank_of(wanted)])  # type: ignore[arg-type]
    assert means[weight] == max(means.values()) == 1.0
    assert weights[0] <= weight <= weights[1]
    [hits] = reranked(way, grader, weight)(["q"], 1)  # type: ignore[arg-type]
    assert hits[0].passage.source == wanted


def test_the_first_ones_are_the_same_however_many_are_asked_for():
    names = [f"p{k:03}" for k in range(80)]
    grader = Grader(**{name: float(k) for k, name in enumerate(names)})
    few, many = (reranked(giving(*names), grader)(["q"], k)[0] for k in (10, 80))  # type: ignore[arg-type]
    assert [hit.passage.source for hit in few] == names[49:39:-1]
    assert [hit.passage.source for hit in many] == [*reversed(names[:LEAST_CANDIDATES]), *names[LEAST_CANDIDATES:]]


def test_a_passage_without_a_grade_stands_last_and_leaves_the_others_apart():
    [hits] = reranked(giving(*"abc"), Grader(a=0.1, b=None, c=0.9))(["q"], 3)  # type: ignore[arg-type]
    assert [hit.passage.source for hit in hits] == ["c", "a", "b"]
    assert 0.9 == hits[0].score > 0.1 == hits[1].score > hits[2].score > 0.099


def test_without_questions_there_is_nothing_to_weigh_by():
    with pytest.raises(InputError, match="takes questions"):
        best_weight(giving(), giving(), [], [])


def test_where_nothing_was_found_nothing_is_graded() -> None:
    assert reranked(giving(), Grader())(["q"], 3) == [[]]  # type: ignore[arg-type]
