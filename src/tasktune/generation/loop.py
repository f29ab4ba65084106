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
"""Prompts wait until they are this share of the sequences under way: reading them costs a pass of its own."""

_PASS = 32
"""What a pass costs beside its tokens, in tokens (docs/engine.md)."""

_KEPT = 4
"""Tokens that are remembered at a time, for each token of a pass: keys and values take less memory than what makes them."""


def write(lanes: Lanes, searches: Sequence[Search], budget: int) -> Iterator[None]:
    """Carry out searches, those with long prompts first; what they found is in them. Yields after each step.

    A pass reads at most `budget` tokens, padding included, or one prompt; four times as many are remembered, or what one search
    takes.
    """
    waiting = sorted(searches, key=lambda search: len(search.prompt))
    active: list[Search] = []
    while waiting or active:
        coming = _admitted(waiting, active, _KEPT * budget) if lanes.joinable else []
        for group in _alike(coming, budget):
            logits = lanes.read([search.prompt for search in group], [search.context for search in group])
            active = _advanced(lanes, [*active, *group], logits, len(group))
        if not coming:
            active = _advanced(lanes, active, lanes.step([t for search in active for t in search.tokens]), len(active))
        yield


def _admitted(waiting: list[Search], active: Sequence[Search], room: int) -> list[Search]:
    """The prompts that are to be read now, taken from those that wait: the longest that there is room for."""
    coming: list[Search] = []
    width = max(map(_length, active), default=0)
    beams = sum(map(_beams, active))
    while waiting:
        width, beams = max(width, _length(waiting[-1])), beams + _beams(waiting[-1])
        if width * beams > room and (active or coming):
            break
        coming.append(waiting.pop())
    if waiting and len(coming) * _SHARE < len(active):
        waiting += reversed(coming)
        return []
    return coming


def _alike(coming: Sequence[Search], budget: int) -> list[list[Search]]:
    """Searches, by falling length of their prompts, in groups that a pass reads: padding costs less than another pass."""
    groups: list[list[Search]] = []
    for search in coming:
        longest = len(groups[-1][0].prompt) if groups else 0
        padding = sum(longest - len(other.prompt) for other in groups[-1]) if groups else 0
        if groups and padding + longest - len(search.prompt) <= _PASS and longest * (len(groups[-1]) + 1) <= budget:
            groups[-1].append(search)
        else:
            groups.append([search])
    return groups


def _length(search: Search) -> int:
    return len(search.prompt) + search.manner.longest


def _beams(search: Search) -> int:
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
