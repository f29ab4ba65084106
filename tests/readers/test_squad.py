"""SQuAD's JSON, and what is no such thing."""

import json

import pytest

from tasktune.core import InputError
from tasktune.readers import rows

QUESTION = {"id": "q1", "question": "Who?", "answers": [{"text": "Ada", "answer_start": 0}], "is_impossible": False}


def squad(*questions, context="Ada wrote."):
    return {"version": "v2.0", "data": [{"title": "t", "paragraphs": [{"context": context, "qas": list(questions)}]}]}


@pytest.mark.parametrize("indent", [None, 2])
def test_a_row_is_a_question_with_its_context(file, indent):
    path = file(json.dumps(squad(QUESTION, {**QUESTION, "id": "q2"}), indent=indent), "x.json")
    found = list(rows(path))
    assert [dict(row.values) for row in found] == [{**QUESTION, "context": "Ada wrote.", "id": name} for name in ("q1", "q2")]
    assert found[1].where == f"{path}:data[0].paragraphs[0].qas[1]"


def test_no_questions_are_no_rows(file):
    assert list(rows(file('{"data": []}', "x.json"), "squad")) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{]", r":1: not JSON at column 2"),
        ("[]", r":data: a list must stand here, as in SQuAD's JSON, but there is None"),
        ('{"data": [3]}', r":data\[0\]: an object must stand here, but there is 3"),
        ('{"data": [{"paragraphs": {}}]}', r":data\[0\]\.paragraphs: a list must stand here.* \{\}"),
        (squad(QUESTION, context=7), r":data\[0\]\.paragraphs\[0\]\.context: a text must stand here, but there is 7"),
        (squad({"id": "a"}), r":data\[0\]\.paragraphs\[0\]\.qas\[0\]\.question: a text must stand here"),
        ('{"data": [], "data": []}', r"the name 'data' stands twice"),
    ],
)
def test_what_is_amiss_is_told_with_its_place(file, content, told):
    with pytest.raises(InputError, match=told):
        list(rows(file(content if isinstance(content, str) else json.dumps(content), "x.json"), "squad"))
