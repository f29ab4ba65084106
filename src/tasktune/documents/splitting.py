"""What is too long though it is one sentence is cut between lines, else words, else characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from unicodedata import category

from tasktune.core import InputError

Measure = Callable[[Sequence[str]], Sequence[int]]
"""How long each of some texts is."""

_AFTER = (re.compile(r"\n\s*"), re.compile(r"\s+"))
"""Behind what a text is cut, the better place first."""
_MARKS, _JOINER = frozenset({"Mn", "Mc", "Me", "Cf"}), "\u200d"


def split(text: str, start: int, end: int, measure: Measure, empty: int, room: int) -> list[tuple[int, int]]:
    """Where each part of `text[start:end]` starts, and how long it is: none longer than `room` (without the length of an `empty`
    text, which each has beside its own).

    Raises `InputError` where a single character is longer.
    """
    return _split(text, start, end, measure, empty, room, 0)


def _split(text: str, start: int, end: int, measure: Measure, empty: int, room: int, finer: int) -> list[tuple[int, int]]:
    ends = _ends(text, start, end, room, finer)
    spans = [(a, b) for a, b in pairwise((start, *ends, end)) if text[a:b].strip()]
    parts = list[tuple[int, int]]()
    for (first, last), size in zip(spans, measure([text[a:b] for a, b in spans]), strict=True):
        if size - empty <= room:
            parts.append((first, size - empty))
        elif last - first == 1:
            raise InputError(f"a passage would have room for {room}, and {text[first]!r} alone takes {size - empty}: allow more")
        else:
            parts += _split(text, first, last, measure, empty, room, finer + 1)
    return parts


def _ends(text: str, start: int, end: int, room: int, finer: int) -> list[int]:
    """Where parts end, but the last: behind white space or, where there is none, in even pieces."""
    if finer < len(_AFTER):
        return [found.end() for found in _AFTER[finer].finditer(text, start, end) if start < found.end() < end]
    pieces = min(end - start, max(2, -(-(end - start) // max(1, room)) if finer == len(_AFTER) else 2))
    places = {start + (end - start) * k // pieces for k in range(1, pieces)}
    whole = {_before_mark(text, place, start) for place in places} - {start}
    return sorted(whole or places)


def _before_mark(text: str, place: int, start: int) -> int:
    """The place, or the nearest before it that does not part a character from its marks."""
    while place > start and (category(text[place]) in _MARKS or text[place - 1] == _JOINER):
        place -= 1
    return place
