"""Marks in what models write, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.answers import Cited, Mark
from tasktune.notations.citations import NONE, read, write


def cited(text, *places):
    return Cited(text, tuple(Mark(*place) for place in places))


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("Oslo [1].", cited("Oslo.", (4, 1))),
        ("Oslo[1][3]", cited("Oslo", (4, 1), (4, 3))),
        ("Oslo [1, 3]. Rome [2; 12].", cited("Oslo. Rome.", (4, 1), (4, 3), (10, 2), (10, 12))),
        ("in [2019] or a[0]", cited("in [2019] or a[0]")),
        ("Not in the documents.", cited("")),
        ("“not in the documents” [2]", cited("")),
        ("It is not in the documents that I saw", cited("It is not in the documents that I saw")),
        ("[2]", cited("")),
        ("", cited("")),
    ],
)
def test_what_was_written_is_read(written, answer):
    assert read(written) == answer


def test_an_answer_is_written_as_in_a_paper():
    assert write(cited("Oslo. Rome.", (4, 1), (10, 2), (10, 3))) == "Oslo [1]. Rome [2] [3]."
    assert write(cited("")) == NONE
    assert str(cited("Oslo.", (4, 1))) == "Oslo [1]."


@given(st.text(st.sampled_from("[]()1, ;\\ab\nNnot in the documents."), max_size=40))
def test_anything_can_be_read_and_marks_stand_within_it(written):
    answer = read(written)
    assert all(0 <= mark.place <= len(answer.text) and mark.passage >= 1 for mark in answer.marks)
    assert read(write(answer)) == answer
