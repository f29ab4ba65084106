"""Ways to find passages, and what is made of them: each list in order, without repeats, and no longer than asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.passages import Hit, Passage
from tasktune.retrieval import ways
from tasktune.retrieval.ways import Find, diverse, fused, hypothetical, reworded, with_neighbours
from tasktune.stores.base import Facts, Store
from tasktune.stores.opening import open_store

NAMES = [f"p{k}" for k in range(12)]


def passage(name: str, start: int = 0) -> Passage:
    return Passage(name, start, start + 1, name[:1])


def giving(*names: str) -> Find:
    """A way that gives the same passages whatever is asked."""
    return lambda queries, k: [[Hit(passage(name), 1 / rank) for rank, name in enumerate(names[:k], 1)] for _ in queries]


def sources(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage.source for hit in hits]


def test_fusion_adds_what_each_rank_is_worth():
    [hits] = fused([giving("a", "b", "c"), giving("c", "a")], (1.0, 2.0))(["q"], 10)
    assert {hit.passage.source: hit.score for hit in hits} == pytest.approx(
        {"a": 1 / 61 + 2 / 62, "c": 1 / 63 + 2 / 61, "b": 1 / 62}
    )
    assert sources(hits) == ["c", "a", "b"]


def test_of_the_same_score_the_first_by_its_name_comes_first():
    [hits] = fused([giving("b", "x"), giving("a", "y")], (1.0, 1.0))(["q"], 10)
    assert sources(hits) == ["a", "b", "x", "y"]


@given(st.permutations(NAMES), st.permutations(NAMES), st.integers(1, 15), st.floats(0.01, 0.99))
def test_a_fused_list_is_in_order_without_repeats_and_as_long_as_asked(one, other, k, weight):
    [hits] = fused([giving(*one), giving(*other)], (1 - weight, weight))(["q"], k)
    assert len(hits) == min(k, len(NAMES)) == len(set(sources(hits)))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_with_all_weight_on_one_way_its_order_stands():
    [hits] = fused([giving("c", "a", "b"), giving("b", "a", "c")], (1.0, 0.0))(["q"], 3)
    assert sources(hits) == ["c", "a", "b"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three passages of one document, of which the first two are alike, and one of another."""
    made = open_store(tmp_path / "kb.db", "write")
    made.begin(Facts("a model", "its weights", 2))
    texts = ("wings stall", "wings stall too", "rivers flood", "boil eggs")
    of = [Passage("a" if k < 3 else "b", 20 * k, 20 * k + len(text), text) for k, text in enumerate(texts)]
    made.put("a", "1", of[:3], np.array([[1, 0], [0.99, 0.01], [0, 1]], np.float32))
    made.put("b", "1", of[3:], np.array([[-1, 0]], np.float32))
    return made


def test_diversity_leaves_the_order_or_prefers_what_is_new(store: Store):
    def way(queries: Sequence[str], k: int) -> list[list[Hit]]:
        return store.by_vectors(np.array([[1, 0.3]] * len(queries), np.float32), k)

    def texts(diversity: float) -> list[str]:
        return [hit.passage.text for hit in diverse(way, store, diversity)(["q"], 2)[0]]

    assert texts(0.0) == ["wings stall", "wings stall too"] or texts(0.0) == ["wings stall too", "wings stall"]
    assert texts(0.7)[1] == "rivers flood"


def test_grades_count_for_diversity_however_many_have_none(tmp_path: Path):
    """Of 60 passages 50 are graded: the last but one of these is new, but of a low grade."""
    found = [Hit(Passage("a", k, k + 1, f"{k}"), 1.0) for k in range(60)]
    grades = [1 - k / 50 for k in range(50)]
    graded = ways._graded(found, [grades[0], None, *grades[2:]])
    assert [hit.passage.start for hit in ways.in_order(graded)] == [0, *range(2, 50), 1, *range(50, 60)]
    vectors = np.tile(np.array([[1, 0]], np.float32), (60, 1))
    vectors[48] = [0, 1]
    chosen = {many: [hit.passage.start for hit in ways._diverse(graded[:many], vectors[:many], 3, 0.3)] for many in (50, 60)}
    assert chosen[50] == chosen[60] == [0, 2, 3]


def test_a_way_that_finds_nothing_is_diverse_too(store: Store):
    assert diverse(giving(), store, 0.5)(["q"], 2) == [[]]


def test_neighbours_come_in_order_and_none_twice(store: Store):
    def way(queries: Sequence[str], k: int) -> list[list[Hit]]:
        return [store.by_words(query, k) for query in queries]

    [hits] = with_neighbours(way, store, 1)(["too rivers"], 5)
    assert [hit.passage.text for hit in hits] == ["wings stall", "wings stall too", "rivers flood"] or [
        hit.passage.text for hit in hits
    ] == ["wings stall too", "rivers flood", "wings stall"]


def test_hyde_looks_for_what_was_made_up_beside_the_query():
    asked: list[str] = []

    def way(queries: Sequence[str], k: int) -> list[list[Hit]]:
        asked.extend(queries)
        return [[] for _ in queries]

    hypothetical(way, lambda prompts: [f"<{prompt.splitlines()[1]}>" for prompt in prompts])(["why?", "how?"], 3)
    assert asked == ["why?\n<Question: why?>", "how?\n<Question: how?>"]


def test_rewordings_are_looked_for_too_each_query_by_itself():
    def way(queries: Sequence[str], k: int) -> list[list[Hit]]:
        return [[Hit(passage(query), 1.0)] for query in queries]

    def write(prompts: Sequence[str]) -> list[str]:
        return ['1. 2024 one\n- "two"\n\n3D three\nfour' if "first" in prompt else "" for prompt in prompts]

    first, second = reworded(way, write)(["first", "second"], 10)
    assert sorted(sources(first)) == ["2024 one", "3D three", "first", "two"]
    assert sources(second) == ["second"]


def test_a_title_is_read_before_the_text():
    assert ways.titled(Passage("a", 0, 1, "text", ("Wings", "Stall"))) == "Wings › Stall\ntext"
    assert ways.titled(passage("a")) == "a"
