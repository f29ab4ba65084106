"""The loop that writes: prompts are read, and as sequences end, others take their places.

Every step reads all weights of the network, however many sequences there are, so that as many as memory allows are written at
once, and none waits for the longest of a batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from torch import Tensor

from tasktune.generation.lanes import Lanes
from tasktune.generation.searches import Search

T = TypeVar("T")

_SHARE = 8
"""Prompts wait until they are this share of the sequences under way: reading one costs a pass of its own."""


def write(lanes: Lanes, searches: Sequence[Search], budget: int) -> Iterator[None]:
    """Carry out searches, long prompts first; what they found is in them. Yields after each step of one token.

    Prompts and texts take at most `budget` tokens of memory at a time, or what one search takes.
    """
    waiting = sorted(searches, key=lambda search: len(search.prompt))
    active: list[Search] = []
    while waiting or active:
        coming = _admitted(waiting, active, budget) if lanes.joinable else []
        if coming:
            active = _advanced(lanes, [*active, *coming], lanes.read([search.prompt for search in coming]), len(coming))
        else:
            active = _advanced(lanes, active, lanes.step([t for search in active for t in search.tokens]), len(active))
        yield


def _admitted(waiting: list[Search], active: Sequence[Search], budget: int) -> list[Search]:
    """The prompts that are to be read now, taken from those that wait: the longest that there is room for."""
    coming: list[Search] = []
    width = max(map(_length, active), default=0)
    reserved = sum(_width(search) for search in active)
    while waiting:
        width, reserved = max(width, _length(waiting[-1])), reserved + _width(waiting[-1])
        if width * reserved > budget and (active or coming):
            break
        coming.append(waiting.pop())
    if waiting and len(coming) * _SHARE < len(active):
        waiting += reversed(coming)
        return []
    return coming


def _length(search: Search) -> int:
    return len(search.prompt) + search.manner.longest


def _width(search: Search) -> int:
    return search.manner.decoding.beams


def _advanced(lanes: Lanes, searches: Sequence[Search], logits: Tensor, last: int) -> list[Search]:
    """Give the `last` of the searches their logits. Those that go on, the last of them in the places of those that ended."""
    going: list[tuple[Search, list[int]] | None] = []
    row = asked = 0
    for place, search in enumerate(searches):
        rows = search.rows
        parents = [*range(rows)]
        if place >= len(searches) - last:
            parents = search.advance(logits[asked : asked + rows])
            asked += rows
        going.append((search, [row + parent for parent in parents]) if parents else None)
        row += rows
    kept = _closed_up(going)
    lanes.select([row for _, rows in kept for row in rows])
    return [search for search, _ in kept]


def _closed_up(places: list[T | None]) -> list[T]:
    """What is there, with the gaps filled from behind, so that as little as possible changes its place."""
    there = [thing for thing in places if thing is not None]
    filling = [thing for thing in places[len(there) :] if thing is not None]
    return [filling.pop() if thing is None else thing for thing in places[: len(there)]]
