"""Questions and what reasoning comes to out of the rows of the field's files."""

from collections import Counter

import pytest

from rows import read
from tasktune.answers import Reasoned
from tasktune.core import InputError
from tasktune.datasets import records
from tasktune.tasks import task
from tasktune.tasks.reasoning import TASK, Reasoning

FOUR = ["w", "x", "y", "z"]


@pytest.mark.parametrize(
    ("values", "kind", "answer", "rationale"),
    [
        ({"answer": "1 + 1 = 2.\n#### 2"}, "number", "2", "1 + 1 = 2."),
        ({"solution": "Thus $\\boxed{\\frac12}$.", "answer": "\\frac{1}{2}"}, "number", "0.5", "Thus $\\boxed{\\frac12}$."),
        ({"solution": "Thus $\\boxed{1,000}$."}, "number", "1000", "Thus $\\boxed{1,000}$."),
        ({"Answer": 22.0, "Body": "He had 40."}, "number", "22", ""),
        ({"answer": True}, "yes-no", "yes", ""),
        ({"target": "(B)"}, "choice", "B", ""),
        ({"target": "] ]"}, "text", "] ]", ""),
        ({"answer": "7", "kind": "text"}, "text", "7", ""),
        ({"correct": "B", "options": ["A)1", "B)2"], "rationale": " So it is. "}, "choice", "B", "So it is."),
        ({"answer": "x", "choices": FOUR}, "choice", "B", ""),
        ({"answer": 3, "choices": FOUR}, "choice", "D", ""),
        ({"answerKey": "2", "choices": {"label": ["1", "2"], "text": ["w", "x"]}}, "choice", "B", ""),
        ({"answerKey": "C", "choices": [{"label": c, "text": c * 2} for c in "ABC"]}, "choice", "C", ""),
        ({"answer": {"answer": "7", "rationale": "r"}}, "number", "7", "r"),
    ],
)
def test_the_answer_of_a_row_and_its_kind(values, kind, answer, rationale):
    record = read("reasoning", question="q", **values)
    assert (record.kind, record.answer) == (kind, Reasoned(answer, rationale))


def test_a_question_may_have_a_body_or_be_commonsense_qas_own():
    assert read("reasoning", Body="He had 40.", Question="How many?", Answer=1).question == "He had 40. How many?"
    record = read("reasoning", answerKey="B", question={"stem": "q", "choices": [{"label": c, "text": c * 2} for c in "AB"]})
    assert (record.question, record.choices, record.answer) == ("q", ("AA", "BB"), Reasoned("B"))


def test_a_question_alone_is_to_be_answered():
    assert read("reasoning", question="q") == Reasoning(question="q", id="input 1")
    assert read("reasoning", question="q", choices=FOUR).kind == "choice"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"answer": "E", "choices": FOUR}, "'E' is no choice of 4"),
        ({"answer": "unknown", "kind": "number"}, "'unknown' is no number"),
        ({"answer": "7", "kind": "float"}, "the kind of an answer is one of number, choice"),
        ({"rationale": "Well."}, "the reasoning comes to no answer"),
        ({"choices": ["a"]}, "must be 2 to 26 choices, but there is 1"),
        ({"choices": "a b"}, "must be a list of texts"),
        ({"choices": [1, 2]}, "must be a list of texts"),
        ({"answer": ["a"]}, "'answer' must be text"),
        ({"answer": " "}, "' ' is no text"),
    ],
)
def test_what_is_no_such_question_is_refused(values, told):
    with pytest.raises(InputError, match=told):
        read("reasoning", question="q", **values)


def test_the_choices_are_shown_by_their_letters_and_kept_when_the_question_is_shortened():
    prompt = TASK.decoder.prompt(read("reasoning", question="Which?", choices=["left", "right"]))
    assert prompt.body == "Which?"
    assert prompt.after.startswith("\n(A) left\n(B) right\n")


@pytest.mark.parametrize(
    ("file", "count", "kinds"),
    [
        ("gsm8k/dev.jsonl", 400, {"number"}),
        ("svamp/SVAMP_700.json", 700, {"number"}),
        ("aqua/dev.json", 254, {"choice"}),
        ("commonsense_qa/train.jsonl", 800, {"choice"}),
        ("bbh/date_understanding.json", 60, {"choice"}),
        ("bbh/boolean_expressions.json", 60, {"yes-no"}),
        ("bbh/multistep_arithmetic_two.json", 60, {"number"}),
        ("bbh/dyck_languages.json", 60, {"text"}),
    ],
)
def test_the_fields_files_are_read_as_they_are_and_what_is_written_of_them_is_read(shared, file, count, kinds):
    found = list(records(task("reasoning"), str(shared / "reasoning" / file)))
    assert len(found) == count
    assert {*Counter(record.kind for record in found)} == kinds
    for record in found:
        assert TASK.decoder.read(record, TASK.decoder.write(record), ()) == record.answer
