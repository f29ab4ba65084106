"""`Mask` and `MaskedPair`: words that are kept back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic

from tasktune.answers import Answer, Words
from tasktune.core import R
from tasktune.framings.names import Labels, as_answered, as_given, sorted_names


@dataclass(frozen=True)
class Mask(Generic[R]):
    """The words under masks.

    `masks` says where in the text they are, end excluded. Of a text without masks nothing is kept back; from such, any of its
    `words` may be learnt, each as a whole.
    """

    text: Callable[[R], str]
    masks: Callable[[R], Words]
    words: Callable[[R], Words]
    write: Callable[[R], tuple[str, ...]] = as_answered
    read: Callable[[R, tuple[str, ...], Labels], Answer] = as_given

    def names(self, record: R) -> Iterable[str]:
        """None: nothing is named."""
        return ()

    def inventory(self, names: Iterable[str]) -> Labels:
        """The label set that training data with these names makes."""
        return sorted_names(names)


FOLLOWS: Labels = ("next", "random")
"""Whether a text follows another, in the order of BERT's own classes: it does, or stands somewhere else."""


@dataclass(frozen=True)
class MaskedPair(Generic[R]):
    """Whether the second of two texts follows the first; any of their `words` may be masked and learnt, each as a whole."""

    texts: Callable[[R], tuple[str, str]]
    words: Callable[[R], tuple[Words, Words]]
    write: Callable[[R], str] = as_answered
    read: Callable[[R, str, Labels], Answer] = as_given

    def names(self, record: R) -> Iterable[str]:
        """The label that a record shows."""
        return (self.write(record),)

    def inventory(self, names: Iterable[str]) -> Labels:
        """Both labels, whatever the training data show."""
        return FOLLOWS
