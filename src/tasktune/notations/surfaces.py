"""How stretches of a text are written within a line, and what may come next when one is written character by character.

What would mean something there is escaped (`notations.escapes`): line breaks, bars, white space at the ends, a bracketed number
at the end, and a dash that is all there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from tasktune.notations.escapes import escape, escaped, unescape

IN_SURFACE = re.compile(r"\A\s+|\s+\Z|[\n|]|\((?=\s*[0-9]{1,9}\s*\)\Z)|\A-\Z")

NOWHERE = "-"
"""What is written for a stretch that there is not."""

_ALWAYS = "\\\n|"
_BLANKS = re.compile(r"\s+")
_BRACKETED = re.compile(r"\(\s*[0-9]{1,9}\s*\)")

Place = tuple[int, int, int]
"""A stretch of the text that may be meant: where it starts, and the first and the last place where it may end."""


def spelled(surface: str) -> str:
    """A stretch of text as it stands in its line."""
    return escape(surface, IN_SURFACE)


def unspelled(written: str) -> str:
    """The stretch that is written so. Plain white space around it, and beside what is escaped at its ends, is not of it.

    `spelled` leaves none there: it is of a tokenizer that puts blanks between words and signs, as in `Ada \\20 ;` for `Ada\\20;`.
    """
    before, after = blanks_around(unescape("".join(written.split())))
    return before + unescape(written).strip() + after


def blanks_around(text: str) -> tuple[str, str]:
    """The white space that a text begins with, and that it ends with; where there is nothing else, it begins with all of it."""
    before = len(text) - len(text.lstrip())
    return text[:before], text[before + len(text.strip()) :]


def places_from(text: str, start: int, end: int) -> Iterator[Place]:
    """The stretches of `text` from that of `start` to `end` on, by start and end; all of them where `start` is below 0."""
    for at in range(max(0, start), len(text)):
        first = end if at == start else at + 1
        if first <= len(text):
            yield at, first, len(text)


def ends_at(places: Iterable[Place], length: int) -> list[tuple[int, int]]:
    """Those of the places that may end behind their first `length` characters, as (start, end)."""
    return [(start, start + length) for start, first, last in places if first <= start + length <= last]


def going_on(text: str, places: Iterable[Place], length: int) -> dict[str, list[Place]]:
    """How the next character may be written, and the places that are meant if so, `length` characters of them being written."""
    pieces: dict[str, list[Place]] = {}
    for piece, place in chain.from_iterable(_spellings(text, place, length) for place in places):
        pieces.setdefault(piece, []).append(place)
    return pieces


def _spellings(text: str, place: Place, length: int) -> Iterator[tuple[str, Place]]:
    """How the character of a place behind its first `length` is written, and where the place may end if so.

    White space is escaped where it is the end of the surface, and so is a bracketed number; and a dash where it is all of it.
    """
    start, first, last = place
    at = start + length
    if at >= last:
        return
    character, first = text[at], max(first, at + 1)
    if character in _ALWAYS or not text[start : at + 1].strip():
        yield escaped(character), (start, first, last)
    elif blanks := _BLANKS.match(text, at):
        yield from _possible(escaped(character), start, first, min(last, blanks.end()))
        yield from _possible(character, start, max(first, blanks.end() + 1), last)
    elif bracketed := _BRACKETED.match(text, at):
        end = bracketed.end()
        yield from _possible(character, start, first, min(last, end - 1))
        yield from _possible(escaped(character), start, max(first, end), min(last, end))
        yield from _possible(character, start, max(first, end + 1), last)
    elif at == start and character == NOWHERE:
        yield from _possible(escaped(character), start, first, at + 1)
        yield from _possible(character, start, max(first, at + 2), last)
    else:
        yield character, (start, first, last)


def _possible(piece: str, start: int, first: int, last: int) -> Iterator[tuple[str, Place]]:
    if first <= last:
        yield piece, (start, first, last)
