"""Entities and relations as text: entities as `notations.lines` writes them, then a line `relation: entity | entity` each.

An entity is named by its surface. Where several have the same, they are counted in the order of the text, and all but the first
have their number behind, as in `Ada (2)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, final

from tasktune.answers import Link, Linked, Span
from tasktune.forms import Automaton
from tasktune.notations import lines, names
from tasktune.notations.escapes import unescape
from tasktune.notations.folding import fold
from tasktune.notations.line_form import SpanLines
from tasktune.notations.link_lines import BAR, labelled
from tasktune.notations.linked import links_among, ordered, position
from tasktune.notations.surfaces import spelled


def names_of(text: str, entities: Sequence[Span]) -> list[str]:
    """What entities are called in relations, which all differ."""
    seen: Counter[str] = Counter()
    called = []
    for entity in entities:
        surface = text[entity.start : entity.end]
        seen[surface] += 1
        called.append(spelled(surface) + (f" ({seen[surface]})" if seen[surface] > 1 else ""))
    return called


def write(text: str, answer: Linked) -> str:
    """The lines for the entities and relations of `text`."""
    entities = [part for part in answer if isinstance(part, Span)]
    called: dict[Span | None, str] = dict(zip(entities, names_of(text, entities), strict=True))
    related = [f"{labelled(link.label)}{called[link.source]}{BAR}{called[link.target]}" for link in links_among(answer)]
    return "\n".join([lines.write(text, entities), *related])


def read(text: str, written: str, relations: tuple[str, ...], kinds: tuple[str, ...]) -> Linked:
    """The entities and relations of `text` that `written` names, each once, in the order of the text."""
    told = [(line, "|" in line.partition(":")[2]) for line in written.split("\n")]
    entities = lines.read(text, "\n".join(line for line, related in told if not related), kinds)
    exactly = dict(zip(names_of(text, entities), entities, strict=True))
    called = {**{fold(unescape(name)): entity for name, entity in exactly.items()}, **exactly}
    found = (_read_line(line, called, relations) for line, related in told if related)
    return ordered([*entities, *(link for link in found if link)])


def _read_line(line: str, called: dict[str, Span], relations: tuple[str, ...]) -> Link | None:
    name, _, ends = line.partition(":")
    label = names.match(unescape(name.strip()), relations)
    match [called.get(end.strip()) or called.get(fold(unescape(end.strip()))) for end in ends.split("|")]:
        case [Span() as source, Span() as target] if label is not None:
            return Link(source, target, label)
    return None


@final
@dataclass(frozen=True, slots=True)
class _Relating:
    """A relation up to a point: the entities, the last relation, the label and the source of this, as far as they are written."""

    entities: tuple[Span, ...]
    last: Link | None
    label: str | None = None
    source: Span | None = None


@final
class RelationLines(Automaton):
    """The lines about entities of `text` and the relations between them, with labels out of closed sets.

    Each line is about something behind the line before, in the order of `linked.ordered`.
    """

    between = "\n"

    def __init__(self, text: str, relations: tuple[str, ...], kinds: tuple[str, ...]) -> None:
        self.text, self.relations = text, relations
        self._spans = SpanLines(text, kinds)

    @property
    def start(self) -> Any:
        """Nothing is said yet."""
        return self._spans.start

    def whole(self, state: Any) -> bool:
        """After the entities, and after each relation."""
        return state.label is None if isinstance(state, _Relating) else self._spans.whole(state)

    def steps(self, state: Any) -> Iterator[tuple[str, Any]]:
        """More about the entities, or another relation, or more of it."""
        if isinstance(state, _Relating):
            yield from self._related(state)
            return
        yield from self._spans.steps(state)
        for entities in self._spans.said(state):
            yield from self._related(_Relating(entities, None))

    def _related(self, state: _Relating) -> Iterator[tuple[str, _Relating]]:
        if state.label is None:
            for label in self.relations:
                if any(self._possible(state, label, state.entities)):
                    yield f"{self.between}{labelled(label)}", _Relating(state.entities, state.last, label)
            return
        for name, entity in zip(names_of(self.text, state.entities), state.entities, strict=True):
            if state.source is None and any(self._possible(state, state.label, (entity,))):
                yield f"{name}{BAR}", _Relating(state.entities, state.last, state.label, entity)
            elif state.source is not None and (link := Link(state.source, entity, state.label)) in self._possible(
                state, state.label, (state.source,)
            ):
                yield name, _Relating(state.entities, link)

    def _possible(self, state: _Relating, label: str, sources: Sequence[Span]) -> Iterator[Link]:
        """The relations with this label from these sources that are behind the last one."""
        links = (Link(source, target, label) for source in sources for target in state.entities)
        return (link for link in links if state.last is None or position(link) > position(state.last))
