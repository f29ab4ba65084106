"""Passes side by side give what passes one after the other give, in the order of what was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tasktune.heads.features import Features
from tasktune.models.passes import Passes
from tasktune.recipe import Recipe

NET: Any = SimpleNamespace(device=torch.device("cpu"))


def features(lengths: Sequence[int]) -> list[Features]:
    return [Features({"input_ids": [k] * n}) for k, n in enumerate(lengths)]


def first(part: Sequence[Features]) -> list[int]:
    return [f.inputs["input_ids"][0] for f in part]


@pytest.fixture(autouse=True, scope="module")
def as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(params=[1, 3], ids=["one core", "three cores"])
def cores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(torch, "get_num_threads", lambda: request.param)
    return int(request.param)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30), st.sampled_from([1, 3]), st.integers(1, 90))
def test_results_come_in_the_order_of_what_was_asked(lengths: list[int], abreast: int, budget: int) -> None:
    passes = Passes(NET, Recipe(token_budget=budget))
    passes.abreast = abreast
    try:
        assert passes.begin(first, features(lengths), lengths)() == list(range(len(lengths)))
    finally:
        passes.end()


def test_passes_are_within_the_budget_and_without_gradients(cores: int) -> None:
    seen: list[int] = []

    def noted(part: Sequence[Features]) -> list[bool]:
        seen.append(sum(f.length for f in part))
        return [torch.is_inference_mode_enabled()] * len(part)

    passes = Passes(NET, Recipe(token_budget=20))
    assert all(passes.begin(noted, features([5] * 30), [5] * 30)())
    passes.end()
    assert max(seen) <= 20
    assert sum(seen) == 150


def test_each_core_has_a_pass_of_its_own(cores: int) -> None:
    meeting = threading.Barrier(cores, timeout=20)  # passes only if so many are in a pass at the same time

    def met(part: Sequence[Features]) -> list[int]:
        meeting.wait()
        return first(part)

    passes = Passes(NET, Recipe(token_budget=5))
    assert passes.begin(met, features([5] * cores), [5] * cores)() == list(range(cores))
    passes.end()


def test_threads_that_come_later_have_all_cores() -> None:
    seen: list[int] = []

    def run() -> None:
        passes = Passes(NET, Recipe(token_budget=5))
        inside = passes.begin(lambda part: [torch.get_num_threads()] * len(part), features([5] * 9), [5] * 9)()
        passes.end()
        seen.extend(inside)

    torch.set_num_threads(3)
    for work in (run, lambda: seen.append(torch.get_num_threads())):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert seen == [1] * 9 + [3]


def test_too_few_passes_for_all_cores_run_where_they_are_waited_for(cores: int) -> None:
    def here(part: Sequence[Features]) -> list[bool]:
        return [threading.current_thread() is threading.main_thread()] * len(part)

    passes = Passes(NET, Recipe())
    assert passes.begin(here, features([5]), [5])() == [True]
    assert passes.whole(here, features([5, 6]))() == [True, True]
    passes.end()


def test_what_goes_wrong_in_a_pass_is_raised_where_it_is_waited_for(cores: int) -> None:
    def wrong(part: Sequence[Features]) -> list[int]:
        raise ValueError("no such pass")

    passes = Passes(NET, Recipe(token_budget=5))
    waits = passes.begin(wrong, features([5] * 4), [5] * 4)
    with pytest.raises(ValueError, match="no such pass"):
        waits()
    passes.end()
