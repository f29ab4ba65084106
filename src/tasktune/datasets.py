"""What a user names as data, as records of a task: a file, rows in Python, or a data set with a name (a row in `DATASETS`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tasktune.core import InputError, Lost, Record, Row, Task
from tasktune.readers import rows
from tasktune.readers.mapping import is_value, known_names, mapped
from tasktune.tasks import own_name

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


def called(data: Data) -> str:
    """What to call data in words: the path or name that was given."""
    return str(data) if isinstance(data, str | Path) else "records in Python"


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
    for given in _given(task, data, mapping or {}, format, known or {}):
        yield from _questions(task, given)


def _questions(task: Task[Any], given: Row | Record) -> Iterable[Record]:
    if isinstance(given, Record):
        return [given]
    first = task.record.field_names()[0]
    alone = given.get(first) is None and given.get("answer") is None and given.get("text") is not None
    asked = replace(given, values={**given.values, first: given.get("text")}) if alone else given
    made: Iterable[Record] = task.record.several(asked)
    return made


def questions_of_several(
    tasks: Mapping[str, Task[Any]],
    data: Data,
    lost: Lost,
    mapping: Mapped = None,
    format: str | None = None,
    known: Mapping[str, Mapped] | None = None,
) -> Iterator[dict[str, Record]]:
    """Of everything that `data` holds, the records of all tasks that can be made of it, by task.

    A task that needs more than is there (a second text) is not asked, which is counted in `lost`. Raises `InputError` where no
    task finds what it needs. `known` are the mappings of other data by task, as `records` takes them.
    """
    own = {name: mapping_for(name, tasks, mapping) for name in tasks}
    for number, given in enumerate(_rows_of_several(tasks, data, own, format), 1):
        made, refused = dict[str, list[Record]](), dict[str, InputError]()
        for name, task in tasks.items():
            try:
                made[name] = [*_questions(task, _row(task, given, number, own[name], (known or {}).get(name) or {}))]
            except InputError as wrong:
                refused[name] = wrong
        if not made:
            raise next(iter(refused.values()))
        for name in refused:
            lost.add(
                f"{name}: not asked, for want of what it asks about", given.id if isinstance(given, Row) else f"input {number}"
            )
        for k in range(max(map(len, made.values()))):  # a row may hold several records of a task
            yield {name: found[k] for name, found in made.items() if k < len(found)}


def _rows_of_several(
    tasks: Mapping[str, Task[Any]], data: Data, mapping: Mapping[str, Mapping[str, str]], format: str | None
) -> Iterable[Any]:
    if not isinstance(data, str | Path):
        return data
    kinds = {name: task.record for name, task in tasks.items()}
    names = [known_names((*kind.field_names(), *kind.aliases), kind.aliases, mapping[name]) for name, kind in kinds.items()]
    return rows(data, format, frozenset[str]().union(*names))


def mapping_for(name: str, tasks: Mapping[str, Task[Any]], mapping: Mapped) -> dict[str, str]:
    """What of a mapping for several tasks is for one of them: `ner.text`, and `text` where its record has such a field.

    A field that no task has is for all of them, who refuse it.
    """
    fields = {task.name: {*task.record.field_names(), *task.record.aliases} for task in tasks.values()}
    shared = {field: column for field, column in (mapping or {}).items() if field.partition(".")[0] not in tasks}
    own = {field.removeprefix(f"{name}."): c for field, c in (mapping or {}).items() if field.startswith(f"{name}.")}
    return {f: c for f, c in shared.items() if f in fields[name] or not any(f in those for those in fields.values())} | own


def by_task(names: Iterable[str], given: Iterable[str]) -> dict[str, str]:
    """`["pos=a.conllu", "b.conll"]` as files by task: one without a name is for all tasks that have none of their own.

    A task for which there is none at all is left out. Raises `InputError` where two are for the same task.
    """
    tasks, own, shared = tuple(names), dict[str, str](), list[str]()
    for each in given:
        name, named, file = each.partition("=")
        name = own_name(name)
        if not (named and name in tasks):
            shared.append(each)
        elif name in own:
            raise InputError(f"{each}: {name} has {own[name]} already; give a task one file")
        else:
            own[name] = file
    if len(shared) > 1:
        raise InputError(f"{' and '.join(shared)}: which is for which task? Say so: {tasks[0]}={shared[0]}")
    if shared and len(own) == len(tasks):
        raise InputError(f"{shared[0]} is for no task: each of {', '.join(tasks)} has a file of its own")
    return {name: own[name] if name in own else shared[0] for name in tasks if name in own or shared}


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
    """The row under the names of the task's fields. A value that all records of other data had gives way to the row's own."""
    kind = task.record
    there = {
        field: column
        for field, column in known.items()
        if (field not in row.values if is_value(column) else column in row.values)
    }
    return mapped(row, (*kind.field_names(), *kind.aliases), kind.aliases, {**there, **mapping})
