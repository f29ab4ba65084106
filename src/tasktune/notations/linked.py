"""Spans of a text and links between them: their order, over words, and out of what files say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tasktune.answers import Link, Linked, Span, Words
from tasktune.core import Row
from tasktune.notations.columns import aligned
from tasktune.notations.tokens import span_of

_Numbered = tuple[tuple[int, int, str], ...]

NOWHERE = (-1, -1)
"""The place of an end that is nowhere, before all others."""


def place_of(end: Span | None) -> tuple[int, int]:
    """Where an end of a link stands."""
    return NOWHERE if end is None else (end.start, end.end)


def position(part: Span | Link) -> tuple[Any, ...]:
    """By what spans and links are ordered: spans first, both in the order of the text."""
    if isinstance(part, Span):
        return False, part.start, part.end, part.label
    kinds = tuple("" if end is None else end.label for end in (part.source, part.target))
    return True, place_of(part.source), place_of(part.target), part.label, kinds


def ordered(parts: Iterable[Span | Link]) -> Linked:
    """Spans, then links, each once and in the order of the text."""
    return tuple(sorted(set(parts), key=position))


def links_among(parts: Iterable[Span | Link]) -> tuple[Link, ...]:
    """The links among parts of an answer."""
    return tuple(part for part in parts if isinstance(part, Link))


def ends_of(links: Iterable[Link]) -> set[Span]:
    """All that is linked."""
    return {end for link in links for end in (link.source, link.target) if end is not None}


def as_graph(words: Words, answer: Linked) -> tuple[_Numbered, _Numbered]:
    """An answer over words: spans (first, last + 1, kind) and links by the numbers of spans, from 1; 0 is nowhere.

    Spans that do not begin and end with a word or overlap one before are left out, and so are links between such, and all
    further links of two spans that are linked already.
    """
    spans = {part for part in answer if isinstance(part, Span)} | ends_of(links_among(answer))
    found = aligned(words, sorted(spans, key=position))
    number: dict[Span | None, int] = {None: 0}
    number |= {Span(words[first][0], words[last - 1][1], kind): k for k, (first, last, kind) in enumerate(found, 1)}
    links: dict[tuple[int, int], str] = {}
    for link in links_among(answer):
        if link.source in number and link.target in number:
            links.setdefault((number[link.source], number[link.target]), link.label)
    return tuple(found), tuple((*ends, label) for ends, label in links.items())


def from_graph(words: Words, spans: _Numbered, links: _Numbered) -> tuple[list[Span], list[Link]]:
    """The spans and the links of a graph over words."""
    said = [Span(words[first][0], words[last - 1][1], kind) for first, last, kind in spans]
    ends = [None, *said]
    return said, [Link(ends[source], ends[target], label) for source, target, label in links]


def parts_of(row: Row, text: str, kinds: tuple[str, str]) -> Linked | None:
    """The answer of a row: a list of {source, target, label}, and of {start, end, label} for what is not linked.

    Each end is {start, end, label}, or null where it is nowhere; its label may be left out where `kinds` says what sources and
    targets are.
    """
    given = row.get("answer")
    if given is None:
        return None
    if not isinstance(given, list | tuple):
        raise row.refuse(f"'answer' must be a list of {{source, target, label}}, but is {given!r}")
    return ordered(_part(row, text, part, kinds) for part in given)


def _part(row: Row, text: str, given: object, kinds: tuple[str, str]) -> Span | Link:
    match given:
        case {"source": source, "target": target, "label": str(label)} if label:
            return Link(_end(row, text, source, kinds[0]), _end(row, text, target, kinds[1]), label)
        case {"source": _} | {"target": _}:
            raise row.refuse(f"a link must be {{source, target, label}}, but is {given!r}")
    return span_of(row, text, given)


def _end(row: Row, text: str, given: Any, kind: str) -> Span | None:
    if given is None:
        return None
    return span_of(row, text, {"label": kind, **given} if kind and isinstance(given, dict) else given)
