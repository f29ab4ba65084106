"""Links as text: a line `label: source | target` for each, both ends found again in the text by their surfaces.

An end that is nowhere is written `-`. A surface means its first occurrence, those made of whole words counted before those inside
of words; where another is meant, ` (n)` stands behind it. No links at all are written `none`. What would mean something else is
escaped (`notations.surfaces`), so that `read(text, write(text, links), labels, kinds)` gives any links back whose ends have these
kinds. Reading is as lenient as that of `notations.lines`.
"""

from __future__ import annotations

from collections.abc import Iterable

from tasktune.answers import Link, Span
from tasktune.notations.escapes import escape, unescape
from tasktune.notations.lines import IN_LABEL, NUMBERED, Finder, items
from tasktune.notations.linked import ordered
from tasktune.notations.names import NONE, match
from tasktune.notations.surfaces import NOWHERE, spelled, unspelled

BAR = " | "

Kinds = tuple[str, str]
"""The kinds of all sources and of all targets."""


def write(text: str, links: Iterable[Link]) -> str:
    """The lines for links of `text`."""
    finder = Finder(text)
    return (
        "\n".join(f"{labelled(link.label)}{_end(finder, link.source)}{BAR}{_end(finder, link.target)}" for link in links) or NONE
    )


def labelled(label: str) -> str:
    """What stands before the ends of a link."""
    return f"{escape(label, IN_LABEL)}: "


def numbered(finder: Finder, place: tuple[int, int]) -> str:
    """The number behind the surface of a place: "" where it goes without saying."""
    occurrence = finder.occurrences(finder.text[slice(*place)]).index(place)
    return f" ({occurrence + 1})" if occurrence else ""


def _end(finder: Finder, end: Span | None) -> str:
    if end is None:
        return NOWHERE
    return spelled(finder.text[end.start : end.end]) + numbered(finder, (end.start, end.end))


def read(text: str, written: str, labels: tuple[str, ...], kinds: Kinds) -> tuple[Link, ...]:
    """The links of `text` that `written` says, each once, in the order of the text."""
    finder = Finder(text)
    links = items(written, labels, lambda item: _read_item(finder, item, labels, kinds))
    return tuple(link for link in ordered(links) if isinstance(link, Link))


def _read_item(finder: Finder, item: str, labels: tuple[str, ...], kinds: Kinds) -> Link | None:
    """The link that one `label: source | target` means; `None` where it means none."""
    name, _, ends = item.partition(":")
    label, places = match(unescape(name.strip()), labels), [_place(finder, end.strip()) for end in ends.split("|")]
    if label is None or len(places) != len(kinds) or () in places:
        return None
    source, target = (place and Span(*place, kind) for place, kind in zip(places, kinds, strict=True))
    return Link(source or None, target or None, label)


def _place(finder: Finder, written: str) -> tuple[int, int] | tuple[()] | None:
    """Where an end stands; `None` for nowhere, and nothing where it is not found."""
    if written == NOWHERE:
        return None
    if found := NUMBERED.fullmatch(written):
        places, number = finder.occurrences(unspelled(found[1])), int(found[2])
        if 0 < number <= len(places):
            return places[number - 1]
    return next(iter(finder.occurrences(unspelled(written))), ())
