"""The share of right answers, of one and of several."""

from types import SimpleNamespace

import pytest

from tasktune.answers import Reasoned, folded
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.reasoning import majority, reasoning


def scored(*pairs):
    tally = Tally(reasoning, replicates=20)
    for gold, said in pairs:
        tally.add(SimpleNamespace(answer=Reasoned(gold)), tuple(one and Reasoned(one) for one in said))
    return {name: score.value for name, score in tally.scores().values.items()}


def test_of_one_answer_there_is_only_whether_it_is_right():
    assert scored(("7", ["7"]), ("7", ["8"]), ("7", [None]), ("Yes", ["true"])) == {"accuracy": 0.5}


def test_of_several_the_majority_counts_and_how_many_agree_with_it():
    found = scored(("7", ["8", "7", "7", None]), ("A", ["B", "A", "B", "B"]))
    assert found == pytest.approx({"accuracy": 3 / 8, "maj@4": 1 / 2, "agreement": (2 / 4 + 3 / 4) / 2})


def test_where_none_can_be_read_none_is_right_and_none_agree():
    assert scored(("7", [None, None])) == {"accuracy": 0, "maj@2": 0, "agreement": 0}


def test_a_record_that_was_not_answered_is_wrong_beside_others_with_several_answers():
    assert scored(("7", [None]), ("7", ["7", "7"])) == {"accuracy": 0.5, "maj@2": 1, "agreement": 1}


def test_most_of_several_answers_win_and_of_as_many_the_first():
    said = [Reasoned("7"), Reasoned("Yes"), None, Reasoned("true"), None, None]
    assert majority(said) == 1
    assert majority([Reasoned("a"), Reasoned("b")]) == 0
    assert majority([None, None]) == 0
    assert majority([None, Reasoned("b")]) == 1


def test_answers_that_say_the_same_are_one():
    assert folded("True") == folded(" yes.") == folded("**YES**")
    assert folded(") ]") == ") ]"
