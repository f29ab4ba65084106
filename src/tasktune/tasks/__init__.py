"""The tasks, a file each. Adding one is a file here and its name in `NAMES`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tasktune.core import InputError, Task

NAMES = (
    "aspect-polarity",
    "aspect-sentiment",
    "chat",
    "classification",
    "dependency-parsing",
    "embedding",
    "generation",
    "mask",
    "multilabel",
    "ner",
    "nli",
    "opinion-quadruples",
    "opinion-triplets",
    "paraphrase",
    "pos",
    "pretraining",
    "question-answering",
    "regression",
    "relation",
    "relation-extraction",
    "reranking",
    "summarization",
    "summarization-extractive",
)


def task(name: str) -> Task[Any]:
    """The task called `name`. Raises `InputError` with the names there are."""
    if name not in NAMES:
        raise InputError(f"there is no task {name!r}; there are: {', '.join(NAMES)}")
    found: Task[Any] = import_module(f"{__name__}.{name.replace('-', '_')}").TASK
    return found


def tasks_called(names: str) -> dict[str, Task[Any]]:
    """The tasks of `pos+ner`, or the one of `ner`, by name. Raises `InputError` as `task` does, or where one is named twice."""
    found = [task(name) for name in names.split("+")]
    by_name = {each.name: each for each in found}
    if len(by_name) < len(found):
        raise InputError(f"{names} names a task twice; each can be learnt once")
    return by_name
