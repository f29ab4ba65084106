"""Which tokens are masked: whole words, in the right share, never special ones, the same by the same seed."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tasktune.heads.features import Features
from tasktune.heads.masked_words import cuts, together
from tasktune.heads.masking import masked, units_of, unmasked, without
from tasktune.notations.words import words

MASK, OTHERS = 1, range(100, 200)


@st.composite
def wholes(draw: st.DrawFn) -> Features:
    """Tokens between special ones, some of them in units."""
    sizes = draw(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4)), min_size=1, max_size=30))
    units, at = [], 1
    for gap, size in sizes:
        units.append((at + gap, at + gap + size))
        at += gap + size
    return Features({"input_ids": [2, *range(1000, 1000 + at), 3]}, units=tuple(units))


@given(wholes(), st.integers())
def test_words_are_masked_whole_and_nothing_else_is(whole: Features, seed: int) -> None:
    made = masked(whole, Random(seed), MASK, OTHERS)
    ids, before = made.inputs["input_ids"], whole.inputs["input_ids"]
    assert made.positions
    for first, end in whole.units:
        chosen = {at in made.positions for at in range(first, end)}
        assert len(chosen) == 1
        kinds = {("mask" if ids[at] == MASK else "other" if ids[at] in OTHERS else "same") for at in range(first, end)}
        assert len(kinds) == 1
    assert all(ids[at] == before[at] for at in range(len(ids)) if at not in made.positions)
    assert [before[at] for at in made.positions] == [*made.targets]
    assert unmasked(made).inputs == whole.inputs


@given(wholes(), st.integers())
def test_the_same_seed_masks_the_same(whole: Features, seed: int) -> None:
    assert masked(whole, Random(seed), MASK, OTHERS) == masked(whole, Random(seed), MASK, OTHERS)


def test_the_shares_are_berts() -> None:
    whole = Features({"input_ids": [*range(1000, 3000)]}, units=tuple((k, k + 2) for k in range(0, 2000, 2)))
    ids = [masked(whole, Random(seed), MASK, OTHERS) for seed in range(30)]
    tokens = [made.inputs["input_ids"][at] for made in ids for at in made.positions]
    assert abs(len(tokens) / 60_000 - 0.15) < 0.01
    assert abs(sum(token == MASK for token in tokens) / len(tokens) - 0.8) < 0.03
    assert abs(sum(token in OTHERS for token in tokens) / len(tokens) - 0.1) < 0.02


def test_tokens_are_those_of_their_words_and_joined_words_are_one_unit() -> None:
    text = "unbelievable, do n't 使用"
    offsets = [(0, 2), (2, 12), (12, 13), (13, 14), (14, 17), (17, 20), (21, 23)]
    assert units_of(offsets, words(text)) == ((0, 2), (2, 3), (4, 5), (5, 6), (6, 7))
    assert units_of([(0, 2), (2, 4), (4, 6)], ((0, 4), (4, 6))) == ((0, 2), (2, 3))
    assert units_of([(0, 1), (1, 1)], ()) == ()


def test_a_word_with_a_special_token_is_left_alone() -> None:
    assert without(((0, 2), (2, 4)), [7, 0, 8, 9], {0}) == ((2, 4),)


@given(wholes(), st.integers(1, 40))
def test_windows_cover_every_token_once_within_the_room(whole: Features, room: int) -> None:
    length = len(whole.inputs["input_ids"])
    found = list(cuts(length, whole.units, room))
    assert [at for first, last in found for at in range(first, last)] == [*range(length)]
    assert all(last - first <= room for first, last in found)
    whole_units = [unit for unit in whole.units if unit[1] - unit[0] <= -(-length // -(-length // room)) // 2]
    assert all(any(first <= a and b <= last for first, last in found) for a, b in whole_units)


def test_an_empty_text_is_one_empty_window() -> None:
    assert list(cuts(0, (), 8)) == [(0, 0)]


def test_the_best_words_together_are_those_of_the_highest_product() -> None:
    first, second = [(-0.1, ("a",)), (-3.0, ("b",))], [(-0.5, ("c",)), (-0.7, ("d",))]
    assert [words for _, words in together([first, second], 3)] == [("a", "c"), ("a", "d"), ("b", "c")]
    assert together([], 2) == [(0.0, ())]
