"""Scores of cosines, and of what exact search by vectors finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.retrieval import measured, ranked, rankings
from tasktune.metrics.similarity import best, similarity
from tasktune.tasks.embedding import Embedding
from tasktune.tasks.reranking import Reranking


def figures(*said: tuple[Embedding, Any]) -> dict[str, float]:
    tally = Tally(similarity, replicates=20)
    for record, answer in said:
        tally.add(record, answer)
    return {name: score.value for name, score in tally.scores().values.items()}


def document(name: str, *vector: float) -> tuple[Embedding, Any]:
    return Embedding(text=name, id=name, answer=()), vector


def test_every_query_is_compared_with_every_document() -> None:
    query = Embedding(text="q", id="q", answer=(("far", 1), ("near", 2)))
    found = figures(document("far", 0.0, 1.0), document("near", 1.0, 0.0), document("mid", 0.8, 0.6), (query, (1.0, 0.0)))
    assert found == pytest.approx(measured({"far": 1, "near": 2}, ["near", "mid", "far"]))


def test_vectors_of_any_length_are_compared_by_their_cosine() -> None:
    query = Embedding(text="q", id="q", answer=(("near", 1),)), (3.0, 0.3)
    assert figures(document("long", 10.0, 10.0), document("near", 1.0, 0.0), query)["mrr"] == 1


def test_a_text_is_looked_for_among_what_goes_with_others_and_all_negatives() -> None:
    one = Embedding(text="a", answer="own", negatives=("not",)), ((1.0, 0.0), (0.6, 0.8), (0.0, 1.0))
    other = Embedding(text="b", answer="other"), ((0.0, 1.0), (0.8, 0.6))
    assert figures(one, other) == pytest.approx(
        {
            name: (measured({"x": 1}, ["y", "x"])[name] + measured({"x": 1}, ["y", "z", "x"])[name]) / 2
            for name in measured({}, [])
        }
    )


def test_what_has_no_vector_is_not_found_and_finds_nothing() -> None:
    query = Embedding(text="q", id="q", answer=(("a", 1),))
    assert figures((query, (1.0, 0.0)), (Embedding(text="a", id="a", answer=()), None))["mrr"] == 0
    assert figures((query, None), document("a", 1.0, 0.0))["mrr"] == 0


def test_gold_is_found_first() -> None:
    query = Embedding(text="q", id="q", answer=(("a", 1), ("b", 3), ("c", 0)))
    assert figures((query, query.answer), (Embedding(text="a", id="a", answer=()), ()))["ndcg"] == pytest.approx(1)


def test_numbers_and_searches_have_each_their_own_figures() -> None:
    numbers = [(Embedding(text="a", pair="b", answer=float(k)), 0.1 * k) for k in range(4)]
    assert set(figures(*numbers)) == {"spearman", "pearson"}
    query = Embedding(text="q", id="q", answer=(("a", 1),)), (1.0, 0.0)
    both = figures(*numbers, query, document("a", 1.0, 0.0))
    assert both["spearman"] == pytest.approx(1)
    assert both["ndcg@10"] == pytest.approx(1)
    tally = Tally(similarity)
    tally.add(*query)
    assert tally.scores().primary == "ndcg@10"


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=30), st.integers(1, 12))
def test_the_best_are_the_first_of_all_in_order(scores: list[float], count: int) -> None:
    expected = sorted(range(len(scores)), key=lambda k: (-scores[k], k))[:count]
    assert best(np.array(scores), count).tolist() == expected


@given(st.dictionaries(st.text(max_size=3), st.sampled_from([0.0, 0.5, 1.0]), max_size=12))
def test_of_the_same_score_the_last_by_its_id_stands_first(scores: dict[str, float]) -> None:
    assert ranked(scores) == sorted(sorted(scores, reverse=True), key=lambda name: -scores[name])


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(-1, 4), max_size=8),
    st.lists(st.sampled_from("abcdefghijk"), unique=True),
)
def test_figures_of_a_query_are_shares(judged: dict[str, int], ranking: list[str]) -> None:
    found = measured(judged, ranking)
    assert all(0 <= value <= 1 + 1e-9 for value in found.values())
    ideal = measured(judged, sorted(judged, key=lambda name: -judged[name]))
    assert all(found[name] <= ideal[name] + 1e-9 for name in ("ndcg", "ndcg@10", "map", "mrr", "recall@100"))


def test_queries_of_the_same_words_are_told_apart_by_their_ids() -> None:
    tally = Tally(rankings)
    for query, grades in (("1", {"a": 1.0, "b": 0.0}), ("2", {"a": 0.0, "b": 1.0})):
        for name, grade in grades.items():
            tally.add(Reranking(query="same", query_id=query, passage=name, id=name, answer=grade), float(name == "a"))
    assert tally.scores().values["mrr"].value == pytest.approx((1 + 1 / 2) / 2)
