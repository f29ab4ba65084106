"""Texts and what is known of those that go with them, out of the columns that other people's files have."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tasktune.core import InputError, Row
from tasktune.datasets import records
from tasktune.tasks.embedding import TASK, Embedding


def record(**values: Any) -> Embedding:
    [found] = records(TASK, [values])
    assert isinstance(found, Embedding)
    return found


def lessons(found: Embedding) -> list[Any]:
    return [([text for _, text in texts], number) for texts, number in TASK.encoder.lessons(found)]


def test_two_sentences_and_a_score_are_compared() -> None:
    found = record(sentence1="a", sentence2="b", score="3.80")
    assert (found.text, found.pair, found.answer) == ("a", "b", 3.8)
    assert lessons(found) == [(["a", "b"], 3.8)]


@pytest.mark.parametrize(
    "more",
    [{"negatives": ["c", "d"]}, {"negative": "c", "negative_2": "d"}, {"negative_1": "c", "negative_2": "d"}],
)
def test_an_anchor_goes_with_its_positive_and_with_no_negative(more: dict[str, Any]) -> None:
    found = record(anchor="a", positive="5", **more)
    assert (found.answer, found.negatives) == ("5", ("c", "d"))
    [(texts, number)] = lessons(found)
    assert texts == ["a", "5", "c", "d"]
    assert math.isnan(number)


def test_a_query_goes_with_each_relevant_passage_and_with_no_other_that_was_judged_or_found() -> None:
    passages, candidates = {"1": "one", "2": "two", "3": "three"}, {"2": "two", **{f"c{k}": f"found {k}" for k in range(9)}}
    found = record(id="q", text="a", answer={"1": 2, "2": 1, "3": 0, "4": 3}, passages=passages, candidates=candidates)
    assert found.answer == (("1", 2), ("2", 1), ("3", 0), ("4", 3))
    others = ["three", *(f"found {k}" for k in range(4))]
    assert [texts for texts, _ in lessons(found)] == [["a", "one", *others], ["a", "two", *others]]


def test_a_document_teaches_nothing_and_is_read_as_one() -> None:
    found = record(id="d", text="a", answer=[])
    assert found.answer == ()
    assert lessons(found) == []
    assert TASK.encoder.texts(found) == (("document", "a"),)
    assert TASK.encoder.texts(record(text="a", side="query")) == (("query", "a"),)
    assert TASK.encoder.texts(record(text="a")) == (("", "a"),)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"text": "a", "pair": "b", "answer": "much"}, "'answer' must be a finite number, but is 'much'"),
        ({"text": "a", "pair": "b", "answer": "nan"}, "'answer' must be a finite number, but is 'nan'"),
        ({"text": "a", "pair": "b", "answer": 10**400}, "'answer' must be a finite number, but is 1000"),
        ({"text": "a", "answer": 3.5}, "must be a number beside a 'pair', .* but there is 3.5 and no pair"),
        ({"text": "a", "answer": {"d": 1.5}}, "a grade must be a whole number, but is 1.5"),
        ({"text": "a", "answer": ["d1"]}, "a judgment must be a document's id and its grade, but is 'd1'"),
        ({"text": "a", "side": "left"}, "'side' must be query or document, but is 'left'"),
    ],
)
def test_what_cannot_be_meant_is_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Embedding.from_row(Row(values))
