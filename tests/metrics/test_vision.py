"""Scores of answers about pictures: VQA accuracy, captions, consistency."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.captions import captions, cider, words
from tasktune.metrics.consistency import consistency
from tasktune.metrics.vqa import agreed, normalised, vqa_accuracy
from tasktune.tasks.captioning import Captioning
from tasktune.tasks.nlvr import NLVR
from tasktune.tasks.vqa import VQA


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("The Red car.", "red car"),
        ("two", "2"),
        ("none", "0"),
        ("1,000", "1000"),
        ("a, b", "b"),
        ("ice-cream", "ice cream"),
        ("3.5 m.", "3.5 m"),
        ("dont", "don't"),
        ("It is\n a\tdog ", "it is dog"),
        ("", ""),
    ],
)
def test_answers_are_the_same_by_the_rules(given, expected):
    assert normalised(given) == expected


@pytest.mark.parametrize(
    ("golds", "said", "worth"),
    [
        (["red"] * 10, "Red.", 1.0),
        (["red"] * 3 + ["blue"] * 7, "red", (3 * 2 / 3 + 7 * 1) / 10),
        (["red"] + ["blue"] * 9, "red", 0.3),
        (["red"] * 10, "blue", 0.0),
        (["red"], "the red", 1.0),
        (["red", "crimson"], "crimson", 1.0),
        (["Red"] * 10, "Red", 0.0),  # as officially: where all agree, their answers are left as they are
    ],
)
def test_an_answer_is_worth_how_many_gave_it(golds, said, worth):
    assert agreed(golds, said) == pytest.approx(worth)


@given(st.lists(st.text(max_size=5), min_size=1, max_size=12), st.text(max_size=5))
def test_what_an_answer_is_worth_is_between_0_and_1(golds, said):
    assert 0 <= agreed(golds, said) <= 1


@given(st.text(max_size=40))
def test_normalising_any_answer_does_not_fail(said):
    assert normalised(said) == normalised(said).strip()


def test_vqa_accuracy_and_exact_match_part_where_the_rules_forgive():
    tally = Tally(vqa_accuracy)
    for said in ("The red", "red", None):
        tally.add(VQA(question="?", images=(), answer="red"), said)
    values = tally.scores().values
    assert (values["vqa_accuracy"].value, values["exact"].value) == pytest.approx((2 / 3, 1 / 3))


def test_words_of_captions_are_told_without_case_and_punctuation():
    assert words('A man\'s "red" car, (parked) - here...') == ("a", "man", "'s", "red", "car", "parked", "here")
    assert words("一只红色的猫。") == (*"一只红色的猫", "。")
    assert words("") == ()


def test_rare_words_count_for_more():
    golds = [[("a", "red", "house", "now")], [("a", "blue", "house", "now")], [("a", "tall", "tree", "now")]]
    rare, common = (cider(golds, [said, ("x",), ("x",)])[0] for said in (("x", "red", "y", "z"), ("x", "y", "house", "z")))
    assert rare > common > 0


def test_a_caption_that_is_its_reference_has_10_and_none_has_0():
    gold = [[("one", "small", "red", "fish")], [("two", "tall", "green", "trees")]]
    assert cider(gold, [gold[0][0], ()]) == pytest.approx([10.0, 0.0])


def test_captions_in_chinese_have_no_english_figures():
    tally = Tally(captions)
    for text in ("一只红色的猫", "两棵绿色的树"):
        tally.add(Captioning(images=(), answer=text), text)
    values = tally.scores().values
    assert values["cider"].value == pytest.approx(10.0)
    assert "meteor_1.5" not in values


def test_a_sentence_is_consistent_where_all_its_pictures_are_judged_right():
    tally = Tally(consistency)
    judged = [("a", True), ("a", True), ("b", True), ("b", False), ("c", True)]
    for sentence, right in judged:
        tally.add(NLVR(sentence=sentence, images=(), answer="true"), "true" if right else None)
    values = tally.scores().values
    assert (values["accuracy"].value, values["consistency"].value) == pytest.approx((4 / 5, 2 / 3))
    assert values["consistency"].low <= 2 / 3 <= values["consistency"].high
