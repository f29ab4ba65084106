"""Which things pass through a network together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np

WINDOW = 512
"""Records that are read ahead, at most, to be batched by length."""

_PASS = 32
"""What a pass costs beside its tokens, in tokens: what launching the layers of a small network takes (docs/engine.md)."""

T = TypeVar("T")


def batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indexes of things of these lengths in batches of like length, longest last, each within `budget` when padded.

    Of all ways to cut the things, sorted by length, into batches it is the one of the fewest tokens, padding and what a pass
    costs included. A thing that is longer than the budget is a batch of its own.
    """
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    fewest, opened = np.zeros(len(order) + 1), [0] * (len(order) + 1)
    for end, longest in enumerate((lengths[k] for k in order), 1):
        first = max(0, end - max(1, budget // max(1, longest)))
        tokens = fewest[first:end] + np.arange(end - first, 0, -1) * longest
        opened[end] = first + int(tokens.argmin())
        fewest[end] = tokens.min() + _PASS
    made: list[list[int]] = []
    end = len(order)
    while end:
        made.append(order[opened[end] : end])
        end = opened[end]
    return made[::-1]


def rows(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indexes of things of these lengths in their order, in rows that are each within `budget` where a thing allows it."""
    made: list[list[int]] = []
    room = 0
    for k, length in enumerate(lengths):
        if not made or length > room:
            made.append([])
            room = budget
        made[-1].append(k)
        room -= length
    return made


def chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Things in lists of `size`, the last one shorter."""
    iterator = iter(things)
    while chunk := list(islice(iterator, size)):
        yield chunk
