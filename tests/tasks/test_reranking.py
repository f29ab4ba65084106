"""Queries, passages and grades, alone or in the lists that other people's files have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tasktune.core import InputError
from tasktune.datasets import records
from tasktune.metrics.bootstrap import Tally
from tasktune.tasks.reranking import TASK, Reranking


def found(**values: Any) -> list[tuple[str, str, float | None]]:
    return [(each.query_id, each.passage, each.answer) for each in records(TASK, [values])]  # type: ignore[attr-defined]


def test_a_row_is_a_passage() -> None:
    assert found(query="q", passage="p", label="1", qid=7) == [("7", "p", 1.0)]
    assert found(query="q", passage="p") == [("", "p", None)]


def test_lists_of_passages_are_a_record_each() -> None:
    assert found(id="1", query="q", positive=["a"], negative=["b", "c"]) == [("1", "a", 1.0), ("1", "b", 0.0), ("1", "c", 0.0)]


def test_paragraphs_with_a_supporting_fact_are_relevant() -> None:
    context, facts = [["A", ["one.", " two."]], ["B", ["three."]]], [["B", 0]]
    expected = [("7", "A: one. two.", 0.0), ("7", "B: three.", 1.0)]
    assert found(_id="7", question="q", context=context, supporting_facts=facts, answer="yes") == expected
    assert [grade for *_, grade in found(_id="7", question="q", context=context)] == [None, None]
    with pytest.raises(InputError, match=r"must be a list of \[title, sentences\]"):
        found(question="q", context=["A"])


def test_of_a_collection_judged_and_found_passages_are_graded_and_documents_are_no_records() -> None:
    assert found(id="d", text="a document", answer=[]) == []
    query = {
        "id": "q",
        "text": "words",
        "answer": {"1": 2, "9": 1},
        "passages": {"1": "one"},
        "candidates": {"2": "two", "1": "one"},
    }
    assert found(**query) == [("q", "one", 2.0), ("q", "two", 0.0)]


def test_hotpotqa_has_two_relevant_paragraphs_a_question(shared: Path) -> None:
    given = list(records(TASK, shared / "retrieval/hotpotqa/hotpotqa_train.json"))
    assert len(given) == 994
    assert sum(record.answer for record in given) == 200


def test_the_better_passages_of_each_query_should_stand_first() -> None:
    tally = Tally(TASK.metric)
    for query, grade, said in (("a", 1.0, 0.9), ("a", 0.0, 0.1), ("b", 0.0, 0.8), ("b", 2.0, 0.2)):
        tally.add(Reranking(query=query, passage=str(said), answer=grade), said)
    scores = tally.scores().values
    assert scores["mrr"].value == pytest.approx((1 + 1 / 2) / 2)
    assert scores["p@1"].value == 0.5
    assert (scores["mrr"].low, scores["mrr"].high) == (0.5, 1.0)  # queries are drawn, not passages


def test_a_passage_without_an_answer_is_not_found() -> None:
    tally = Tally(TASK.metric)
    tally.add(Reranking(query="a", passage="x", answer=1.0), None)
    tally.add(Reranking(query="a", passage="y", answer=0.0), 0.5)
    assert tally.scores().values["recall@10"].value == 0.0
