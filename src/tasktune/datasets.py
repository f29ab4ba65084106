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
"""A path, `-` for standard input, the name of a data set (its dev split, except to train on), or texts, mappings, rows or records
in Python."""


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
    found = _named(task, train)
    return (train, dev) if found is None else (found.train, found.dev if dev is None else dev)


def _named(task: Task[Any], data: Data) -> Dataset | None:
    found = DATASETS.get(data) if isinstance(data, str) else None
    if found is not None and found.task != task.name:
        raise InputError(f"the data set {found.name} is for {found.task}, not for {task.name}")
    return found


Mapped = Mapping[str, str] | None
"""Which column holds which field, where names do not tell."""


def records(
    task: Task[Any], data: Data, mapping: Mapped = None, format: str | None = None, known: Mapped = None
) -> Iterator[Record]:
    """The records of a task that `data` holds, one after the other. `format` names the format where the suffix does not.

    `known` is the mapping of other data, which holds for these where they have its columns and `mapping` says nothing else.
    """
    for given in _given(task, data, mapping or {}, format, known or {}):
        yield from (given,) if isinstance(given, Record) else task.record.several(given)


def questions(
    task: Task[Any], data: Data, mapping: Mapped = None, format: str | None = None, known: Mapped = None
) -> Iterator[Record]:
    """Like `records`, for those to be answered: a `text` gives the first field of a row that has neither that nor an answer."""
    first = task.record.field_names()[0]
    for given in _given(task, data, mapping or {}, format, known or {}):
        if isinstance(given, Record):
            yield given
        else:
            alone = given.get(first) is None and given.get("answer") is None and given.get("text") is not None
            yield from task.record.several(Row({**given.values, first: given.get("text")}, given.where) if alone else given)


def as_record(task: Task[Any], given: Any, number: int = 1) -> Record:
    """A record of a task from a record, a mapping of its fields, or a text for its first field."""
    found = _row(task, given, number, {}, {})
    return found if isinstance(found, Record) else task.record.from_row(found)


def _given(
    task: Task[Any], data: Data, mapping: Mapping[str, str], format: str | None, known: Mapping[str, str]
) -> Iterator[Row | Record]:
    """What `data` holds: rows under the names of the task's fields, and what is a record already."""
    if not isinstance(data, str | Path):
        yield from (_row(task, given, number, mapping, known) for number, given in enumerate(data, 1))
        return
    found, kind = _named(task, data), task.record
    names = known_names((*kind.field_names(), *kind.aliases), kind.aliases, {**known, **mapping})
    for row in rows(data if found is None else found.dev, format, names):
        yield _mapped(task, row, mapping, known)


def _row(task: Task[Any], given: Any, number: int, mapping: Mapping[str, str], known: Mapping[str, str]) -> Row | Record:
    match given:
        case Record() if type(given) is task.record:
            return given
        case Row():
            return _mapped(task, given, mapping, known)
        case str():
            return Row({task.record.field_names()[0]: given}, f"input {number}")
        case Mapping():
            return _mapped(task, Row(given, f"input {number}"), mapping, known)
    raise InputError(f"input {number} must be a text, a mapping of fields or a {task.record.__name__}, but is {given!r}")


def _mapped(task: Task[Any], row: Row, mapping: Mapping[str, str], known: Mapping[str, str]) -> Row:
    kind = task.record
    there = {field: column for field, column in known.items() if column in row.values}
    return mapped(row, (*kind.field_names(), *kind.aliases), kind.aliases, {**there, **mapping})
