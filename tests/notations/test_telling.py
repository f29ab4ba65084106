"""The words that tell a group of texts from the others."""

from hypothesis import given
from hypothesis import strategies as st

from tasktune.notations.telling import telling_words


def test_what_all_groups_say_tells_nothing():
    assert telling_words({"a": ["the cat sat", "the cat ran"], "b": ["the dog sat", "the dog ran"]}, 3) == {
        "a": ("cat",),
        "b": ("dog",),
    }


def test_weights_are_those_of_the_paper():
    """tf * log(1 + A / f): of two words as frequent in the group, the one that is rarer elsewhere comes first."""
    found = telling_words({0: ["xx yy", "xx yy"], 1: ["xx zz", "zz zz", "zz zz", "zz zz"]}, 2)
    assert found[0] == ("yy", "xx")


def test_chinese_words_are_runs_of_characters_and_none_is_a_part_of_another():
    found = telling_words({0: ["北京大学好", "去北京大学", "北京大学。"], 1: ["足球好", "看足球", "足球！"]}, 3)
    assert found[0][0] == "北京大学"
    assert found[1][0] == "足球"
    assert not any(one != other and one in other for words in found.values() for one in words for other in words)


def test_what_is_said_once_is_no_chinese_word():
    assert telling_words({0: ["万有效像素的足球", "足球"], 1: ["一年以来"]}, 3) == {0: ("足球",), 1: ()}


def test_numbers_signs_and_single_letters_tell_nothing():
    assert telling_words({0: ["a 1 22 !! 👍 ab", ""]}, 5) == {0: ("ab",)}


def test_nothing_gives_nothing():
    assert telling_words({}, 3) == {}
    assert telling_words({0: [], 1: [" "]}, 3) == {0: (), 1: ()}


@given(st.dictionaries(st.integers(0, 3), st.lists(st.text(max_size=20), max_size=3)), st.integers(0, 5))
def test_each_group_has_so_many_words_at_most_all_of_them_its_own(groups, count):
    for group, found in telling_words(groups, count).items():
        assert len(found) <= count
        assert all(any(word in text.lower() for text in groups[group]) for word in found)
