"""What can be seen to be wrong with a command before torch is loaded, which takes seconds: names, paths, the first record.

Each check is the one that the verb makes itself, only earlier; what passes here may still be refused there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tasktune import recipe as recipes
from tasktune.core import InputError, Record, Task
from tasktune.datasets import records, train_and_dev
from tasktune.models.folder import FACTS, RECIPE, checkpoints_of, columns, read_facts, refuse_taken
from tasktune.models.named import NAMED
from tasktune.models.weights import locate
from tasktune.tasks import task as task_called

Reader = Callable[[Task[Any], str, Mapping[str, str], str | None, Mapping[str, str]], Iterator[Record]]
"""`datasets.records`, or `datasets.questions`."""


def before_fit(
    task: str, train: str, dev: str | None, model: str | None, out: Path, mapping: Mapping[str, str], format: str | None
) -> None:
    """Raise `InputError` where there is no such task, model or data, the data begin with no record of it, or `out` is taken."""
    kind = task_called(task)
    if not checkpoints_of(out).exists():  # else `fit` clears up after a run that was killed, and then refuses
        refuse_taken(out)
    if model in NAMED:
        kind.framing(NAMED[model].family)
    for data in train_and_dev(kind, train, dev):
        if data is not None:
            _begun(records, kind, str(data), mapping, format, {})
    if model is not None:
        locate(model)  # last, since it may have much to fetch


def before_asking(
    model: Path, options: Mapping[str, Any], data: str, read: Reader, mapping: Mapping[str, str], format: str | None
) -> None:
    """Raise `InputError` where `model` is no tuned model, an option is none of its recipe, or `data` begins with no record."""
    facts = read_facts(model)
    task = facts.get("task")
    if not isinstance(task, str):
        raise InputError(f"{model / FACTS} is not as tasktune writes it ('task'); tune the model anew")
    recipes.read(model / RECIPE, options)
    _begun(read, task_called(task), data, mapping, format, columns(facts))


def _begun(
    read: Reader, task: Task[Any], data: str, mapping: Mapping[str, str], format: str | None, known: Mapping[str, str]
) -> None:
    """Read one record. Not of what can be read but once: standard input, a pipe."""
    path = Path(data)
    if data != "-" and (path.is_file() or not path.exists()):
        next(read(task, data, mapping, format, known), None)
