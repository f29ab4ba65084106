"""Batches hold everything once, keep to the budget and waste as little as can be."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tasktune.models import batching
from tasktune.models.batching import batches

lengths = st.lists(st.integers(1, 60), max_size=40)


def cost(batch: list[int], found: list[int]) -> int:
    return len(batch) * max(found[k] for k in batch) + batching._PASS


@given(lengths, st.integers(1, 200))
def test_each_thing_is_in_one_batch_within_the_budget_with_those_of_like_length(found: list[int], budget: int) -> None:
    made = batches(found, budget)
    assert sorted(k for batch in made for k in batch) == list(range(len(found)))
    assert [found[k] for batch in made for k in batch] == sorted(found)
    for batch in made:
        assert len(batch) == 1 or len(batch) * max(found[k] for k in batch) <= budget


@given(st.lists(st.integers(1, 60), min_size=1, max_size=7), st.integers(60, 200))
def test_no_other_cut_takes_fewer_tokens(found: list[int], budget: int) -> None:
    order = sorted(range(len(found)), key=found.__getitem__)
    inner = range(1, len(found))
    ways = [
        [order[a:b] for a, b in zip((0, *cuts), (*cuts, len(order)), strict=True)]
        for n in range(len(found))
        for cuts in combinations(inner, n)
    ]
    allowed = [way for way in ways if all(cost(batch, found) - batching._PASS <= budget for batch in way)]
    assert sum(cost(b, found) for b in batches(found, budget)) == min(sum(cost(b, found) for b in way) for way in allowed)


def test_short_and_long_things_do_not_share_a_batch() -> None:
    assert batches([5, 300, 5, 5, 290], 4096) == [[0, 2, 3], [4, 1]]
