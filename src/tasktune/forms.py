"""The forms that a written answer may be held to: what texts can come back, so that all that comes back can be read.

A framing says which form its answers have, and `generation` sees to it that nothing else is written. Forms are plain Python, and
can be asked with no model at all what they accept.

- An `Automaton` is a form made of parts: what may come next, at every point of a text, is a short list of pieces. That suits
  answers that are about a record (its own words, the names of a closed set) and says of them more than a grammar can: that a
  surface occurs in the text, or that no entity is named twice.
- `Regex` and `JsonSchema` are forms of open texts, given by users; they are run by llguidance.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, final


class Automaton(ABC):
    """A form told step by step. From every state, some text must lead to one where the answer is whole: there are no dead ends.

    `between` is what stands between the parts of an answer, if it has parts: an answer that was cut short is whole up to the last
    one.
    """

    between: str = ""

    @property
    @abstractmethod
    def start(self) -> Hashable:
        """The state in which nothing is written."""

    @abstractmethod
    def steps(self, state: Any) -> Iterable[tuple[str, Hashable]]:
        """What may be written next, never an empty text, and the state that it leads to."""

    @abstractmethod
    def whole(self, state: Any) -> bool:
        """Whether the answer may end here."""


@final
@dataclass(frozen=True, slots=True)
class Regex:
    """Texts that match a regular expression from end to end. Its syntax is that of Rust's `regex`, which knows no look-around.

    `\\d` is a digit from 0 to 9, and `.` no line break.
    """

    pattern: str


@final
@dataclass(frozen=True, slots=True)
class JsonSchema:
    """JSON that a schema allows. `schema` is JSON itself."""

    schema: str


Form = Automaton | Regex | JsonSchema


def accepts(form: Automaton, text: str) -> bool:
    """Whether `text` is a whole answer."""
    reached = {("", form.start)}  # what is left of a piece, and the state behind it
    for at in range(len(text)):
        begun = {s for rest, state in reached for s in (form.steps(state) if not rest else [(rest, state)])}
        reached = {(piece[1:], state) for piece, state in begun if piece[0] == text[at]}
    return any(not rest and form.whole(state) for rest, state in reached)
