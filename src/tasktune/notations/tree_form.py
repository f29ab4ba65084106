"""The form of dependency trees as text (`notations.trees`): every word in its order, with heads that make a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from tasktune.answers import Words
from tasktune.forms import Automaton
from tasktune.notations.trees import escaped

_State = tuple[tuple[int, ...], int]
"""The heads of the words so far, and how many parts of the line under way are written: word, tag, head."""


@final
@dataclass(frozen=True)
class TreeLines(Automaton):
    """A line for each of `words`: itself, one of `tags`, its head and one of `relations`.

    In each of `sentences`, (first, last + 1) of words, there is one root, and no circle.
    """

    text: str
    words: Words
    sentences: Words
    relations: tuple[str, ...]
    tags: tuple[str, ...]
    between = "\n"

    @property
    def start(self) -> _State:
        """No word is written."""
        return (), 0

    def whole(self, state: _State) -> bool:
        """After the last line; and at once where there are no relations or tags, so that nothing can be said."""
        return (len(state[0]), state[1]) == (len(self.words), 0) or not (self.relations and self.tags)

    def steps(self, state: _State) -> Iterator[tuple[str, _State]]:
        """The next part of a line."""
        heads, parts = state
        match parts:
            case 0 if len(heads) < len(self.words) and self.relations and self.tags:
                start, end = self.words[len(heads)]
                yield f"{self.between * bool(heads)}{escaped(self.text[start:end])} ", (heads, 1)
            case 1:
                yield from ((f"{escaped(tag) or '_'} ", (heads, 2)) for tag in self.tags)
            case 2:
                yield from ((f"{head} ", ((*heads, head), 3)) for head in self._possible(heads))
            case 3:
                yield from ((escaped(relation), (heads, 0)) for relation in self.relations)

    def _possible(self, heads: tuple[int, ...]) -> Iterator[int]:
        """The heads that the next word can have, if the words so far have these, and all of its sentence are to make a tree."""
        word = len(heads) + 1
        first, last = next(sentence for sentence in self.sentences if word <= sentence[1])
        rooted = 0 in heads[first:]
        if not rooted:
            yield 0
        if rooted or word < last:
            yield from (head for head in range(first + 1, last + 1) if not _depends(head, word, heads))


def _depends(head: int, word: int, heads: tuple[int, ...]) -> bool:
    """Whether a word is `word`, or depends on it over words whose heads are known."""
    while head != word and 0 < head <= len(heads):
        head = heads[head - 1]
    return head == word
