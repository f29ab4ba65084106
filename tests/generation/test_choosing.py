"""What may come next, and drawing from it: as transformers' processors do it, and as probabilities say."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
import torch
from transformers import TopKLogitsWarper, TopPLogitsWarper

from tasktune.core import InputError
from tasktune.decoding import Decoding
from tasktune.generation.choosing import drawn, repeating
from tiny_writers import manner

LOGITS = torch.tensor([2.0, -1.0, 0.5, 1.5, 0.0, 1.2])


@pytest.mark.parametrize(
    "decoding",
    [Decoding(temperature=1.0), Decoding(temperature=0.5), Decoding(top_k=3), Decoding(top_p=0.7), Decoding(top_k=5, top_p=0.6)],
    ids=["all", "colder", "top-k", "nucleus", "both"],
)
def test_tokens_are_drawn_as_often_as_they_are_probable(decoding: Decoding) -> None:
    scores = (LOGITS / decoding.sampling)[None]
    if decoding.top_k:
        scores = TopKLogitsWarper(decoding.top_k)(None, scores)
    if decoding.top_p < 1:
        scores = TopPLogitsWarper(decoding.top_p)(None, scores)
    expected, chance = scores.softmax(-1)[0].tolist(), Random(1)
    times = Counter(drawn(LOGITS, decoding, chance) for _ in range(4000))
    assert set(times) == {k for k, p in enumerate(expected) if p}
    assert [times[k] / 4000 for k in range(6)] == pytest.approx(expected, abs=0.03)


class Highest(Random):
    """Draws the number before 1, which float32 rounds to 1."""

    def random(self) -> float:
        return 1 - 2**-26


@pytest.mark.parametrize(
    "decoding", [Decoding(temperature=1.0), Decoding(temperature=1.0, top_p=0.5), Decoding(temperature=1.0, top_k=2)]
)
def test_what_may_not_come_is_not_drawn_by_the_highest_number_either(decoding: Decoding) -> None:
    assert drawn(torch.tensor([-torch.inf, 0.0, -torch.inf, -torch.inf]), decoding, Highest()) == 1


def test_what_may_not_come_is_never_drawn() -> None:
    scores = LOGITS.masked_fill(LOGITS != 0.5, -torch.inf)
    assert {drawn(scores, Decoding(temperature=5.0), Random(k)) for k in range(50)} == {2}


@pytest.mark.parametrize(
    ("context", "length", "banned"),
    [([1, 2, 3, 1, 2], 3, [3]), ([1, 2, 3, 1, 2], 2, [3]), ([7, 7], 1, [7, 7]), ([1, 2], 0, []), ([1, 2], 4, []), ([], 2, [])],
)
def test_the_tokens_that_would_repeat_are_found(context: list[int], length: int, banned: list[int]) -> None:
    assert repeating(context, length) == banned


def test_a_text_stops_before_a_text_even_across_tokens() -> None:
    how = manner(Decoding(stop=("2 3",)), 9, end=5)
    assert [how.stops(tokens) for tokens in ([1, 2], [1, 2, 3], [12, 34], [1, 5], [1] * 9, [])] == [
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    silent = replace(how, decode=lambda tokens: how.decode([token for token in tokens if token != 7]))
    assert silent.stops([2, 7, 7, 7, 7, 7, 7, 3])
    assert not silent.stops([2, 7, 7, 7, 7, 7, 7, 4])
    assert manner(Decoding(stop=("2 3",), min_new_tokens=4), 9, end=5).stops([1, 2, 3])  # the shortest length bans the end only


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beams": 0}, "beams must be more than 0"),
        ({"top_p": 1.5}, "top_p is a share"),
        ({"temperature": -1.0}, "temperature must be 0 or more"),
        ({"beams": 2, "top_k": 5}, "give either beams, or temperature"),
        ({"stop": ("",)}, "must not be empty"),
        ({"min_new_tokens": 5, "max_new_tokens": 4}, "more than max_new_tokens"),
    ],
    ids=str,
)
def test_options_that_cannot_be_meant_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Decoding(**options)


def test_what_is_drawn_depends_on_the_chance_alone() -> None:
    draws = [[drawn(LOGITS + shift, Decoding(temperature=1.0), Random(3)) for _ in range(5)] for shift in (0.0, 1e-6)]
    assert all(a == b for a, b in pairwise(draws))


def test_where_nothing_stands_before_nothing_is_penalised() -> None:
    scores = torch.randn(9)
    assert torch.equal(manner(Decoding(repetition_penalty=1.5), 9, end=5).adjusted(scores, [], 0, None), scores)
