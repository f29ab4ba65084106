"""What is kept of what was computed: as much as there is room for, and nothing of another state."""

from __future__ import annotations

import torch

from tasktune.heads.kept import Kept, size_of

_NUMBERS = 4 * 10


def _numbers() -> torch.Tensor:
    return torch.zeros(10)


def test_oldest_goes_first_where_room_ends() -> None:
    kept: Kept[torch.Tensor] = Kept(most=2 * _NUMBERS)
    for name in (1, 2, 3):
        kept.put(name, _numbers())
    assert [kept.get(name) is not None for name in (1, 2, 3)] == [False, True, True]


def test_same_name_takes_room_once() -> None:
    kept: Kept[torch.Tensor] = Kept(most=2 * _NUMBERS)
    first = _numbers()
    for made in (first, _numbers(), _numbers()):
        kept.put(1, made)
    kept.put(2, _numbers())
    assert kept.get(1) is first


def test_newest_is_kept_however_large() -> None:
    kept: Kept[torch.Tensor] = Kept(most=1)
    kept.put(1, _numbers())
    kept.put(2, _numbers())
    assert kept.get(1) is None
    assert kept.get(2) is not None


def test_another_state_forgets() -> None:
    kept: Kept[torch.Tensor] = Kept()
    kept.only((1,))
    kept.put(1, _numbers())
    kept.only((1,))
    assert kept.get(1) is not None
    kept.only((2,))
    assert kept.get(1) is None


def test_size_is_that_of_all_tensors() -> None:
    assert size_of({"a": _numbers(), "b": [_numbers(), (None, _numbers())]}) == 3 * _NUMBERS
