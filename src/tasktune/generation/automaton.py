"""Holding a text to an automaton: the tokens that may come next are those that spell a way on from where it is."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, final

import torch
from torch import Tensor

from tasktune.forms import Automaton
from tasktune.generation.constraint import Constraint, Walk
from tasktune.generation.vocabulary import Node, Vocabulary

_Place = tuple[str, Hashable]
"""What is left of a piece, in the vocabulary's units, and the state that it leads to."""


@final
class AutomatonConstraint(Constraint):
    """Texts that begin with `separator` and go on as an automaton says, up to the token `end_id`."""

    def __init__(self, form: Automaton, vocabulary: Vocabulary, separator: str, end_id: int) -> None:
        self.form = form
        self.vocabulary = vocabulary
        self.end_id = end_id
        before = vocabulary.spelled(separator)
        begun = {vocabulary.begins + before, before} if vocabulary.exact or before else {vocabulary.begins}
        self._first = frozenset((rest, form.start) for rest in begun)
        self._pieces: dict[Hashable, list[_Place]] = {}
        self._moves: dict[frozenset[_Place], dict[str, frozenset[_Place]]] = {}

    def start(self) -> AutomatonWalk:
        """A walk before the separator."""
        return AutomatonWalk(self, self.closed(self._first))

    def whole(self, places: frozenset[_Place]) -> bool:
        """Whether the text may end."""
        return any(not rest and self.form.whole(state) for rest, state in places)

    def moves(self, places: frozenset[_Place]) -> dict[str, frozenset[_Place]]:
        """By each unit that may come next, where it leads to."""
        if places not in self._moves:
            self._moves[places] = self._moved(places)
        return self._moves[places]

    def _moved(self, places: frozenset[_Place]) -> dict[str, frozenset[_Place]]:
        """The same, worked out. Where blanks are free, one more changes nothing."""
        after: dict[str, set[_Place]] = {}
        for rest, state in places:
            for piece, then in [(rest, state)] if rest else self._steps(state):
                after.setdefault(piece[0], set()).add((piece[1:], then))
        if not self.vocabulary.exact:
            after.setdefault(" ", set()).update(places)
        return {unit: self.closed(reached) for unit, reached in after.items()}

    def closed(self, places: set[_Place] | frozenset[_Place]) -> frozenset[_Place]:
        """With the places that are reached from these by writing nothing (a blank, where blanks are free)."""
        if self.vocabulary.exact:
            return frozenset(places)
        found, ahead = set(places), list(places)
        while ahead:
            rest, state = ahead.pop()
            for place in [] if rest else self._pieces_after(state):
                if not place[0] and place not in found:
                    found.add(place)
                    ahead.append(place)
        return frozenset(found)

    def _steps(self, state: Hashable) -> Iterator[_Place]:
        return (place for place in self._pieces_after(state) if place[0])

    def _pieces_after(self, state: Hashable) -> list[_Place]:
        """What may be written after a state. What the tokenizer cannot spell is left out, where there is a way without it."""
        if state not in self._pieces:
            steps: list[tuple[str, Any]] = list(self.form.steps(state))
            can = [step for step in steps if self.vocabulary.can_spell(step[0])]
            if not can and not self.form.whole(state):
                can = [(self.vocabulary.spellable(piece), then) for piece, then in steps]
            self._pieces[state] = [(self.vocabulary.spelled(piece), then) for piece, then in can]
        return self._pieces[state]


@final
class AutomatonWalk(Walk):
    """The places at which a text may be in its automaton."""

    def __init__(self, constraint: AutomatonConstraint, places: frozenset[_Place]) -> None:
        self._constraint = constraint
        self._places = places

    def mask(self) -> Tensor:
        """The tokens that go on; the end where the text is whole, or where the tokenizer has no token to go on with."""
        ids = self._ids(self._constraint.vocabulary.root, self._places)
        if not ids or self._constraint.whole(self._places):
            ids.append(self._constraint.end_id)
        allowed = torch.zeros(self._constraint.vocabulary.size, dtype=torch.bool)
        allowed[ids] = True
        return allowed

    def _ids(self, node: Node, places: frozenset[_Place]) -> list[int]:
        found: list[int] = []
        for unit, reached in self._constraint.moves(places).items():
            first, last, _ = child = self._constraint.vocabulary.child(node, unit)
            if first < last:
                found += self._constraint.vocabulary.ending(child)
                found += self._ids(child, reached) if self._constraint.vocabulary.goes_on(child) else []
        return found

    def advance(self, token: int) -> None:
        """To the places that the token leads to."""
        for unit in self._constraint.vocabulary.by_id.get(token, ""):
            self._places = self._constraint.moves(self._places).get(unit, frozenset())

    def fork(self) -> AutomatonWalk:
        """Another walk at the same places."""
        return AutomatonWalk(self._constraint, self._places)
