"""What a search finds, as a run: of vectors by their product, of grades as they are."""

from __future__ import annotations

from typing import Any

import pytest

from tasktune.core import InputError, Record
from tasktune.heads.base import Scored
from tasktune.models.prediction import Prediction
from tasktune.tasks.embedding import Embedding
from tasktune.tasks.nli import NLI
from tasktune.tasks.reranking import Reranking
from tasktune.verbs.runs import found


def said(record: Record, answer: Any) -> Prediction:
    return Prediction(record, Scored(answer, None))


QUERY = said(Embedding(text="q", id="q", answer=(("a", 1),)), (1.0, 0.0))
VECTORS = {"a": (0.0, 0.5), "b": (0.0, 0.5), "c": (1.0, 0.0)}
DOCUMENTS = [said(Embedding(text=name, id=name, answer=()), vector) for name, vector in VECTORS.items()]


def test_documents_are_found_by_their_vectors_and_of_the_same_score_the_last_by_its_id_first() -> None:
    run = list(found([*DOCUMENTS, QUERY]))
    assert [(row["query_id"], row["id"], row["answer"]) for row in run] == [("q", "c", 1.0), ("q", "b", 0.0), ("q", "a", 0.0)]


def test_vectors_of_any_length_are_compared_by_their_cosine() -> None:
    long = said(Embedding(text="d", id="d", answer=()), (10.0, 10.0))
    assert [row["id"] for row in found([*DOCUMENTS, long, QUERY])] == ["c", "d", "b", "a"]


def test_what_the_policy_dropped_is_not_found() -> None:
    dropped = said(Embedding(text="d", id="d", answer=()), None)
    assert list(found([dropped, *DOCUMENTS, QUERY])) == list(found([*DOCUMENTS, QUERY]))


def test_grades_are_kept_as_they_are() -> None:
    record = Reranking(query="words", passage="p", query_id="7", id="d")
    assert list(found([said(record, 0.25)])) == [{"query_id": "7", "id": "d", "answer": 0.25}]


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (DOCUMENTS, "3 documents and 0 queries"),
        ([QUERY], "0 documents and 1 queries"),
        ([said(NLI(premise="a", hypothesis="b"), "neutral")], "this model gives neither"),
    ],
)
def test_what_is_no_search_is_refused(answers: list[Prediction], why: str) -> None:
    with pytest.raises(InputError, match=why):
        list(found(answers))
