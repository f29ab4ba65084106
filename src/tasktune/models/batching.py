"""Which things pass through a network together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

_PASS = 128
"""What a pass costs beside its tokens, in tokens: about what launching the layers of a small network takes."""

T = TypeVar("T")


def batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indexes of things of these lengths in batches of like length, longest last, each within `budget` when padded.

    A thing opens a new batch, too, where it would make those before it carry more padding than another pass costs.
    """
    made: list[list[int]] = []
    for k in sorted(range(len(lengths)), key=lengths.__getitem__):
        if made and _fits(len(made[-1]), lengths[made[-1][-1]], lengths[k], budget):
            made[-1].append(k)
        else:
            made.append([k])
    return made


def _fits(there: int, longest: int, length: int, budget: int) -> bool:
    """Whether something of a `length` goes well with what is `there`, of which none is longer than `longest`."""
    return length * (there + 1) <= budget and there * (length - longest) <= _PASS


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
