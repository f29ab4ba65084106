"""The best texts that do not say the same twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.notations.repeats import best_without_repeats

NEWS = ["The old bridge is closed.", "Now the old bridge is shut!", "Boats wait.", "Cars wait."]


@pytest.mark.parametrize(
    ("scores", "count", "expected"),
    [
        ([4, 3, 2, 1], 1, [0]),
        ([4, 3, 2, 1], 2, [0, 2]),  # the second says "the old bridge" again
        ([3, 4, 2, 1], 3, [1, 2, 3]),
        ([1, 2, 3, 4], 9, [1, 2, 3]),  # fewer than asked for
        ([1, 1, 1, 1], 2, [0, 2]),
        ([4, 3, 2, 1], 0, []),
    ],
)
def test_the_best_are_taken_without_trigrams_in_common(scores, count, expected):
    taken = best_without_repeats(NEWS, scores, count)
    assert [k for k, yes in enumerate(taken) if yes] == expected


def test_in_chinese_five_characters_are_a_repeat_and_three_are_none():
    said, same, other = "他在北京大学读书。", "北京大学读得很好。", "我在北京看书。"
    assert best_without_repeats([said, same, other], [3, 2, 1], 3) == (True, False, True)


def test_short_texts_are_repeats_of_the_same():
    assert best_without_repeats(["Yes.", "No.", "yes!"], [1, 1, 1], 3) == (True, True, False)


def test_punctuation_is_no_repeat():
    assert best_without_repeats(["a ... b", "c ... d"], [1, 1], 2) == (True, True)


@given(st.lists(st.tuples(st.text(max_size=20), st.floats(-9, 0)), max_size=8), st.integers(0, 9))
def test_never_more_than_asked_for_and_always_one_for_each_text(pairs, count):
    taken = best_without_repeats([text for text, _ in pairs], [score for _, score in pairs], count)
    assert len(taken) == len(pairs)
    assert sum(taken) <= count
    assert not pairs or not count or any(taken)
