"""Questions and answers as people's files have them."""

import pytest

from tasktune.answers import Span
from tasktune.core import InputError
from tasktune.datasets import as_record
from tasktune.tasks import task

QA = task("question-answering")
TEXT = "Ada wrote to Ada."


def record(**values):
    return as_record(QA, {"context": TEXT, "question": "Who?", **values})


def place(start, end):
    return (Span(start, end, "answer"),)


@pytest.mark.parametrize(
    ("values", "answer", "answers"),
    [
        ({"answers": [{"text": "Ada", "answer_start": 13}]}, place(13, 16), ()),
        ({"answers": {"text": ["Ada", "to Ada"], "answer_start": [13, 10]}}, place(13, 16), ("Ada", "to Ada")),
        ({"answers": [{"text": "Ada", "answer_start": 11}]}, place(13, 16), ()),  # the place is wrong: the nearest
        ({"answers": [{"text": "Ada", "answer_start": -1}]}, place(0, 3), ()),
        ({"answers": [{"text": "Eve", "answer_start": 0}, {"text": "Ada", "answer_start": 0}]}, place(0, 3), ("Eve", "Ada")),
        ({"answers": [{"text": "Eve", "answer_start": 0}]}, (), ("Eve",)),
        ({"answers": [], "is_impossible": True}, (), ()),
        ({"answers": {"text": [], "answer_start": []}}, (), ()),
        ({"answers": "wrote"}, place(4, 9), ()),
        ({"answers": ""}, (), ()),
        ({"answers": {"text": ["wrote"]}}, place(4, 9), ()),
        ({"answers": {"text": "Ada", "answer_start": 13}}, place(13, 16), ()),
        ({"answer": "wrote"}, place(4, 9), ()),
        ({"answer": ""}, (), ()),
        ({"answer": [[13, 16, "answer"]]}, place(13, 16), ()),
        ({}, None, ()),
    ],
)
def test_answers_of_all_kinds(values, answer, answers):
    found = record(**values)
    assert (found.answer, found.answers) == (answer, answers)


def test_two_answers_are_refused():
    with pytest.raises(InputError, match="one answer or none, but here are 2"):
        record(answer=[[0, 3, "answer"], [13, 16, "answer"]])


def test_an_answer_that_is_none_is_refused():
    with pytest.raises(InputError, match=r"an answer must be a text, or \{text, answer_start\}, but is 3"):
        record(answers=[3])


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"text": ["Ada", "wrote"], "answer_start": [0]}, "2 answers but 1 'answer_start'"),
        (7, "'answers' must be a list of texts"),
        ({"words": ["Ada"]}, "'answers' must be a list of texts"),
    ],
)
def test_answers_of_no_known_kind_are_refused(answers, message):
    with pytest.raises(InputError, match=message):
        record(answers=answers)


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("answer: Ada", place(0, 3)),
        ("answer: Ada (2)", place(13, 16)),
        ("answer: ada", place(0, 3)),
        ("answer: Ada\nanswer: wrote", place(0, 3)),
        ("none", ()),
        ("", ()),
    ],
)
def test_what_a_model_wrote_is_found_in_the_text(written, answer):
    assert QA.decoder.read(record(), written, ()) == answer


def test_cmrc_says_most_answers_where_they_stand(shared):
    from tasktune.datasets import records

    for data, count in (("cmrc2018/train", 740), ("squad2/train", 3675), ("xquad.zh/dev", 143)):
        found = list(records(QA, str(shared / "extractive_qa" / f"{data}.json")))
        assert len(found) == count
        assert not any(QA.encoder.lost(record) for record in found)
