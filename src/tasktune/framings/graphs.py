"""`Arcs` and `Links`: what connects the words of a text, or the spans in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic

from tasktune.answers import Answer, Words
from tasktune.core import R
from tasktune.framings.names import Labels, sorted_names

Arc = tuple[int, str, str]
"""What is said of a word: the number of its head (from 1, 0 for the root), its relation to it, and its tag ("" for none)."""

RELATION, TAG = "relation ", "tag "
"""What stands before a name in the inventory of `Arcs`, to tell its two closed sets apart."""


@dataclass(frozen=True)
class Arcs(Generic[R]):
    """A head, a relation and a tag for each word; the heads of a sentence form a tree.

    Heads count all words of the text, whichever sentence they are in; `sentences` are (first, last + 1) of words.
    """

    text: Callable[[R], str]
    words: Callable[[R], Words]
    sentences: Callable[[R], Words]
    write: Callable[[R], tuple[Arc, ...]]
    read: Callable[[R, tuple[Arc, ...], Labels], Answer]

    def names(self, record: R) -> Iterable[str]:
        """The relations and tags that a record shows."""
        return (name for _, relation, tag in self.write(record) for name in (RELATION + relation, TAG + tag))

    def inventory(self, names: Iterable[str]) -> Labels:
        """Both closed sets of training data with these names, one after the other."""
        return sorted_names(names)


def relations_and_tags(labels: Labels) -> tuple[Labels, Labels]:
    """The two closed sets in an inventory of `Arcs`, or of `Links`, where the tags are the kinds of spans."""
    relations = tuple(name.removeprefix(RELATION) for name in labels if name.startswith(RELATION))
    return relations, tuple(name.removeprefix(TAG) for name in labels if name.startswith(TAG))


Graph = tuple[tuple[tuple[int, int, str], ...], tuple[tuple[int, int, str], ...]]
"""Spans (first word, last word + 1, kind) in order, and links (source, target, label) between them.

The ends of a link are the numbers of spans, from 1; 0 is nowhere.
"""


@dataclass(frozen=True)
class Links(Generic[R]):
    """Spans over the words of a text, none on top of another, and links between them, at most one from a span to another.

    `joins(a, b)` says whether spans of these kinds may be linked, the kind of nowhere being ""; `lost(record)` counts the parts
    of the answer that cannot be said so.
    """

    text: Callable[[R], str]
    words: Callable[[R], Words]
    write: Callable[[R], Graph]
    read: Callable[[R, Graph, Labels], Answer]
    joins: Callable[[str, str], bool]
    lost: Callable[[R], int]

    def names(self, record: R) -> Iterable[str]:
        """The kinds of spans and the labels of links that a record shows."""
        spans, links = self.write(record)
        return (*(TAG + kind for *_, kind in spans), *(RELATION + label for *_, label in links))

    def inventory(self, names: Iterable[str]) -> Labels:
        """Both closed sets of training data with these names, one after the other."""
        return sorted_names(names)
