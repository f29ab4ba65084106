"""Entities and relations out of what files say of them: tags and numbers of words, or lists of numbered entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tasktune.answers import Link, Linked, Span, Words
from tasktune.core import Row
from tasktune.notations import bio
from tasktune.notations.linked import ends_of, links_among, ordered, parts_of
from tasktune.notations.tokens import tags_of, words_of_text


def entities_and_relations(row: Row, text: str, words: Words) -> Linked | None:
    """The answer of a row, in which all that is related is an entity, too; `None` where it says nothing of entities.

    It is a list of {start, end, label} and {source, target, label}; or words have tags, and `relations` are [word, word, label];
    or, as SpERT has it, `entities` are {type, start, end} in words and `relations` {type, head, tail} between those.
    """
    parts = parts_of(row, text, ("", "")) if row.get("answer") is not None else _columns(row, text, words)
    if parts is None:
        return None
    links = links_among(parts)
    if any(end is None for link in links for end in (link.source, link.target)):
        raise row.refuse("a relation is between two entities, but an end of one is nowhere")
    return ordered((*parts, *ends_of(links)))


def _columns(row: Row, text: str, words: Words) -> Linked | None:
    tagged, places = tags_of(row, text, words), words_of_text(text, words)
    if tagged is not None:
        entities = _tagged(row, places, [tag.label for tag in tagged])
    elif row.get("entities") is not None:
        entities = {k: _entity(row, places, given) for k, given in enumerate(_list(row, "entities"))}
    else:
        return None
    return (*entities.values(), *(_relation(row, entities, given) for given in _list(row, "relations")))


def _list(row: Row, name: str) -> Sequence[Any]:
    given = row.get(name) or ()
    if not isinstance(given, list | tuple):
        raise row.refuse(f"{name!r} must be a list, but is {given!r}")
    return given


def _tagged(row: Row, words: Words, tags: Sequence[str]) -> dict[int, Span]:
    """The entities that tags spell, each by the numbers of all its words."""
    try:
        found = bio.spans_of(tags)
    except ValueError as wrong:
        raise row.refuse(str(wrong)) from None
    spans = [(range(first, last), Span(words[first][0], words[last - 1][1], kind)) for first, last, kind in found]
    return {word: span for numbers, span in spans for word in numbers}


def _entity(row: Row, words: Words, given: object) -> Span:
    match given:
        case {"type": str(kind), "start": int(first), "end": int(last)} if kind and 0 <= first < last <= len(words):
            return Span(words[first][0], words[last - 1][1], kind)
    raise row.refuse(f"an entity must be {{type, start, end}}, the end excluded, within {len(words)} words, but is {given!r}")


def _relation(row: Row, entities: Mapping[int, Span], given: object) -> Link:
    match given:
        case {"type": str(label), "head": int(source), "tail": int(target)} | [int(source), int(target), str(label)]:
            if label and source in entities and target in entities:
                return Link(entities[source], entities[target], label)
    raise row.refuse(
        f"a relation must be {{type, head, tail}} between two of the entities, or [word, word, label] with words of two, "
        f"by their numbers from 0; but it is {given!r}"
    )
