"""Questions, contexts and accepted answers out of the rows of the field's files."""

import pytest

from rows import read
from tasktune.core import InputError
from tasktune.datasets import questions, records
from tasktune.tasks import task
from tasktune.tasks.question_answering_generative import TASK

NAME = "question-answering-generative"


@pytest.mark.parametrize(
    ("values", "answer", "answers"),
    [
        ({"answer": "a"}, "a", ()),
        ({"answer": ["a", "b", "a"]}, "a", ("a", "b")),
        ({"answers": ["a", "b"]}, "a", ("a", "b")),
        ({"answer": "a", "answers": ["b"]}, "a", ("a", "b")),
        ({"answers": {"text": ["a"], "answer_start": [3]}}, "a", ()),
        ({"answers": [{"text": "a", "answer_start": 0}, {"text": "b", "answer_start": 3}]}, "a", ("a", "b")),
        ({"answer": {"value": "a", "aliases": ["b"], "type": "x"}}, "a", ("a", "b")),
        ({"answers": {"text": [], "answer_start": []}}, "", ()),
        ({"answers": [], "is_impossible": True}, "", ()),
        ({"is_impossible": True}, "", ()),
        ({"is_impossible": False}, None, ()),
        ({"answer": ""}, "", ()),
        ({}, None, ()),
    ],
)
def test_the_answers_of_a_row(values, answer, answers):
    record = read(NAME, question="q", **values)
    assert (record.answer, record.answers) == (answer, answers)


@pytest.mark.parametrize("values", [{"answer": 3}, {"answers": [None]}, {"answers": [{"start": 1}]}])
def test_answers_must_be_text(values):
    with pytest.raises(InputError, match=r"input 1: 'answers?' must be a text or a list of texts"):
        read(NAME, question="q", **values)


def test_a_text_alone_is_a_question():
    (record,) = questions(task(NAME), ["who?"])
    assert (record.question, record.context, record.answer) == ("who?", "", None)


def test_a_context_stands_before_the_question_and_is_what_is_shortened():
    assert str(TASK.decoder.prompt(read(NAME, question="who?", context="c"))) == "c\nQuestion: who?\nAnswer:"
    assert TASK.decoder.prompt(read(NAME, question="who?", context="c")).prefix == "question: who? context: "
    closed_book = TASK.decoder.prompt(read(NAME, question="who?"))
    assert (str(closed_book), closed_book.body) == ("Question: who?\nAnswer:", "who?")


@pytest.mark.parametrize(
    ("file", "count", "without", "several"),
    [
        ("generative_qa/nq_open/dev.jsonl", 410, 0, 170),
        ("generative_qa/nq_open/efficientqa.dev.1.1.jsonl", 1800, 0, 708),
        ("generative_qa/webquestions/val.json", 755, 0, 241),
        ("extractive_qa/squad2/dev.json", 904, 465, 205),
        ("extractive_qa/xquad.en/dev.json", 143, 0, 0),
    ],
)
def test_the_fields_files_are_read_as_they_are(shared, file, count, without, several):
    found = list(records(task(NAME), str(shared / file)))
    assert len(found) == count
    assert sum(record.answer == "" for record in found) == without
    assert sum(len(record.answers) > 1 for record in found) == several
