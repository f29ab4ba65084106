"""`Embed`: a vector for each text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal

from tasktune.core import R
from tasktune.framings.names import Labels, as_answered, as_given, no_names, sorted_names

Side = Literal["query", "document", ""]
"""What a text is to a search; "" where it is neither. Some models read a query and a document each behind words of its own."""

Lesson = tuple[tuple[tuple[Side, str], ...], float]
"""Texts to learn from, and how alike the first and the second are. Where that is nan, the second goes with the first, and no
other of them does."""


@dataclass(frozen=True)
class Embed(Generic[R]):
    """A vector for each text.

    `texts` are those that an answer takes: one, two whose cosine is the answer, or several. `lessons` are what a record has to
    learn from.
    """

    texts: Callable[[R], tuple[tuple[Side, str], ...]]
    lessons: Callable[[R], Iterable[Lesson]]
    write: Callable[[R], Any] = as_answered
    read: Callable[[R, Any, Labels], Any] = as_given
    names: Callable[[R], Iterable[str]] = no_names
    inventory: Callable[[Iterable[str]], Labels] = sorted_names
