"""How varied texts are, and how much they repeat themselves."""

import math

import pytest

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.diversity import diversity


def scored(*texts):
    tally = Tally(diversity, replicates=50)
    for text in texts:
        tally.add(None, text)
    return tally.scores()


def values(*texts):
    return {name: score.value for name, score in scored(*texts).values.items()}


def test_distinct_words_are_counted_over_all_texts_and_repetition_within_each():
    found = values("a b c d a b c d", "A b C e f")
    assert found["distinct_1"] == 6 / 13
    assert found["distinct_2"] == 6 / 11  # ab bc cd da | ce ef
    assert found["repetition_4"] == pytest.approx((1 / 5 + 0) / 2)


def test_a_text_that_says_one_thing_over_and_over():
    found = values(" ".join(["so"] * 104))
    assert found == pytest.approx({"distinct_1": 1 / 104, "distinct_2": 1 / 103, "repetition_4": 1 - 1 / 101})


def test_texts_too_short_to_repeat_themselves_do_not_count_for_it():
    assert values("one two three", "a b c d")["repetition_4"] == 0
    assert math.isnan(values("one two", None, "")["repetition_4"])
    assert math.isnan(values("")["distinct_1"])


def test_chinese_is_counted_by_the_character():
    assert values("北京北京")["distinct_1"] == 0.5


def test_only_what_resamples_can_tell_has_an_interval_and_all_say_how_many_texts_there_were():
    found = scored("a b c d a b c d", "a b c d e f", "x x x x x x x")
    assert math.isnan(found.values["distinct_1"].low)
    assert found.values["repetition_4"].low < found.values["repetition_4"].high
    assert found.signatures["distinct_2"] == "of 3 texts"
