"""What a user names as data, as records of a task: a file, rows in Python, or a data set with a name (a row in `DATASETS`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasktune.core import InputError, Record, Row, Task
from tasktune.readers import rows
from tasktune.readers.mapping import known_names, mapped

HERE = Path(__file__).parent / "data"

Data = str | Path | Iterable[Any]
"""A path, `-` for standard input, the name of a data set, or texts, mappings or records in Python."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Files to train and develop on that come with the package, the task they are for, what they are and who may use them."""

    name: str
    task: str
    train: Path
    dev: Path
    what: str
    licence: str


_ROWS = (
    Dataset(
        name="demo-ner",
        task="ner",
        train=HERE / "demo_ner" / "train.conll",
        dev=HERE / "demo_ner" / "dev.conll",
        what="generated sentences of a port's news with persons, ships, ports and companies, hard enough to err on",
        licence="Apache-2.0, made by this project",
    ),
)
DATASETS: dict[str, Dataset] = {row.name: row for row in _ROWS}


def train_and_dev(task: Task[Any], train: Data, dev: Data | None) -> tuple[Data, Data | None]:
    """The files of a named data set, where `train` is the name of one; else both as they are."""
    if not isinstance(train, str) or train not in DATASETS:
        return train, dev
    found = DATASETS[train]
    if found.task != task.name:
        raise InputError(f"the data set {train} is for {found.task}, not for {task.name}")
    return found.train, dev or found.dev


def records(task: Task[Any], data: Data, mapping: Mapping[str, str] | None = None, format: str | None = None) -> Iterator[Record]:
    """The records of a task that `data` holds, one after the other.

    `mapping` says which column holds which field where names do not tell; `format` names the format where the suffix does not.
    """
    if not isinstance(data, str | Path):
        for k, given in enumerate(data, 1):
            yield as_record(task, given, k)
        return
    kind = task.record
    names = (*kind.field_names(), *kind.aliases)
    for row in rows(data, format, known_names(names, kind.aliases, mapping or {})):
        yield kind.from_row(mapped(row, names, kind.aliases, mapping or {}))


def as_record(task: Task[Any], given: Any, number: int = 1) -> Record:
    """A record of a task from a record, a mapping of its fields, or a text for its first field."""
    match given:
        case Record():
            return given
        case str():
            row = Row({task.record.field_names()[0]: given}, f"input {number}")
        case Mapping():
            row = Row(given, f"input {number}")
        case _:
            raise InputError(f"input {number} must be a text, a mapping of fields or a {task.record.__name__}, but is {given!r}")
    record: Record = task.record.from_row(row)
    return record
