"""What framings share: the names of a closed set, and what is written and read where nothing is to be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Labels = tuple[str, ...]
"""The names that training data showed, sorted once and saved with the model. Empty where a task has none."""


def as_answered(record: Any) -> Any:
    """The record's answer, just as it is."""
    return record.answer


def as_given(record: Any, output: Any, labels: Labels) -> Any:
    """What the model gave, just as it is."""
    return output


def no_names(record: Any) -> Iterable[str]:
    """None: nothing is named."""
    return ()


def sorted_names(names: Iterable[str]) -> Labels:
    """The inventory of a closed set: each name once, in code-point order."""
    return tuple(sorted(set(names)))
