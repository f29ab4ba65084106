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


Mapped = Mapping[str, str] | None
"""Which column holds which field, where names do not tell."""


def records(task: Task[Any], data: Data, mapping: Mapped = None, format: str | None = None) -> Iterator[Record]:
    """The records of a task that `data` holds, one after the other. `format` names the format where the suffix does not."""
    if isinstance(data, str | Path):
        yield from map(task.record.from_row, _rows(task, data, mapping, format))
    else:
        yield from (as_record(task, given, k) for k, given in enumerate(data, 1))


def questions(task: Task[Any], data: Data, mapping: Mapped = None, format: str | None = None) -> Iterator[Record]:
    """Like `records`, for those to be answered: a row of nothing but a text gives the record's first field, whatever its name."""
    if not isinstance(data, str | Path):
        yield from records(task, data)
        return
    first = task.record.field_names()[0]
    for row in _rows(task, data, mapping, format):
        alone = row.values.keys() == {"text"}
        yield task.record.from_row(Row({first: row.values["text"]}, row.where) if alone else row)


def _rows(task: Task[Any], path: str | Path, mapping: Mapped, format: str | None) -> Iterator[Row]:
    kind, chosen = task.record, mapping or {}
    for row in rows(path, format, known_names((*kind.field_names(), *kind.aliases), kind.aliases, chosen)):
        yield _mapped(task, row, chosen)


def _mapped(task: Task[Any], row: Row, mapping: Mapping[str, str]) -> Row:
    kind = task.record
    return mapped(row, (*kind.field_names(), *kind.aliases), kind.aliases, mapping)


def as_record(task: Task[Any], given: Any, number: int = 1) -> Record:
    """A record of a task from a record, a mapping of its fields, or a text for its first field."""
    match given:
        case Record():
            return given
        case str():
            row = Row({task.record.field_names()[0]: given}, f"input {number}")
        case Mapping():
            row = _mapped(task, Row(given, f"input {number}"), {})
        case _:
            raise InputError(f"input {number} must be a text, a mapping of fields or a {task.record.__name__}, but is {given!r}")
    record: Record = task.record.from_row(row)
    return record
