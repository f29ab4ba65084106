"""`Extract` and `Select`: stretches of a text, or some of its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic

from tasktune.answers import Answer, Words
from tasktune.core import R
from tasktune.framings.names import Labels, sorted_names

Place = tuple[int, int] | None
"""Where in a text something stands, from character to character (end excluded); `None` where nowhere."""


@dataclass(frozen=True)
class Extract(Generic[R]):
    """The stretch of a text that answers a question, or none. `max_tokens` is the longest that is looked for.

    `lost(record)` counts answers that are no stretch of the text.
    """

    question: Callable[[R], str]
    text: Callable[[R], str]
    write: Callable[[R], Place]
    read: Callable[[R, Place, Labels], Answer]
    lost: Callable[[R], int] = lambda record: 0
    max_tokens: int = 128

    def names(self, record: R) -> Iterable[str]:
        """None: nothing is named."""
        return ()

    def inventory(self, names: Iterable[str]) -> Labels:
        """The label set that training data with these names makes."""
        return sorted_names(names)


@dataclass(frozen=True)
class Select(Generic[R]):
    """Some of the parts of a text: its sentences.

    `choose(record, scores, count)` says which are taken, `count` at most, given how likely each is to be one of them.
    `lost(record)` counts the parts of the answer that are no part of the text.
    """

    text: Callable[[R], str]
    parts: Callable[[R], Words]
    write: Callable[[R], tuple[bool, ...]]
    read: Callable[[R, Sequence[bool], Labels], Answer]
    choose: Callable[[R, Sequence[float], int], Sequence[bool]]
    lost: Callable[[R], int] = lambda record: 0

    def names(self, record: R) -> Iterable[str]:
        """None: nothing is named."""
        return ()

    def inventory(self, names: Iterable[str]) -> Labels:
        """The label set that training data with these names makes."""
        return sorted_names(names)

    def usual(self, records: Sequence[R]) -> float:
        """How many parts their answers have on average, of those that have any."""
        sizes = [size for record in records if (size := sum(self.write(record)))]
        return sum(sizes) / len(sizes) if sizes else 1.0
