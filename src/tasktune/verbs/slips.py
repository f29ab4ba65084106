"""What can be seen to be wrong with a command before torch is loaded, which takes seconds: names, paths, the first record.

Each check is the one that the verb makes itself, only earlier; what passes here may still be refused there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from tasktune import recipe as recipes
from tasktune.core import InputError, Lost, Record, Task
from tasktune.datasets import Data, by_task, mapping_for, questions, questions_of_several, records, train_and_dev
from tasktune.metrics.following import following
from tasktune.metrics.instructions import languages, refuse_missing
from tasktune.models.folder import FACTS, checkpoints_of, columns, read_facts, read_recipe, refuse_taken
from tasktune.models.named import NAMED
from tasktune.models.weights import locate
from tasktune.passages import Value
from tasktune.readers.source import STDIN
from tasktune.tasks import own_name, tasks_called
from tasktune.tasks import task as task_called

Reader = Callable[[Task[Any], str, Mapping[str, str], str | None, Mapping[str, str]], Iterator[Record]]
"""`datasets.records`, or `datasets.questions`."""

Files = dict[str, str]
"""Files by task."""


def before_fit(
    names: str,
    train: Sequence[str],
    dev: Sequence[str],
    model: str | None,
    out: Path,
    mapping: Mapping[str, str],
    format: str | None,
) -> tuple[Files, Files]:
    """Raise `InputError` where there is no such task, model or data, the data begin with no record of it, or `out` is taken.

    Gives the files to learn from and those to measure by, by task.
    """
    kinds = tasks_called(names)
    if not checkpoints_of(out).exists():  # else `fit` clears up after a run that was killed, and then refuses
        refuse_taken(out)
    learnt, held_out = _by_task(kinds, train, "--train"), _by_task(kinds, dev, "--dev") if dev else {}
    for name, kind in kinds.items():
        if name not in learnt:
            raise InputError(f"there is nothing for {name} to learn from; say --train {name}=FILE")
        if model in NAMED:
            kind.framing(NAMED[model].family)
        for data in train_and_dev(kind, learnt[name], held_out.get(name)):
            if data is not None:
                _begun(records, kind, str(data), mapping_for(name, kinds, mapping), format, {})
    if model is not None:
        locate(model)  # last, since it may have much to fetch
    return learnt, held_out


def _by_task(kinds: Mapping[str, Task[Any]], given: Sequence[str], what: str) -> Files:
    """The files given, by task; of one task there can be but one."""
    if len(kinds) > 1:
        return by_task(kinds, given)
    if len(given) > 1:
        raise InputError(f"{what} is one file, but {len(given)} are given: {', '.join(given)}; join them, or use one")
    return dict.fromkeys(kinds, given[0])


def weighed(tasks: Iterable[str], given: Mapping[str, float]) -> dict[str, float]:
    """How often the records of each task have their turns, once where nothing is said.

    Raises `InputError` where no such task is learnt, where it never would be, or where there is but one.
    """
    own = {own_name(name): weight for name, weight in given.items()}
    names = [*tasks]
    if own and len(names) == 1:
        raise InputError("weights say how often the records of several tasks have their turns, and here is one task; say none")
    if unknown := [name for name in own if name not in names]:
        raise InputError(f"--weight {unknown[0]}: there are {', '.join(names)}")
    if few := [name for name, weight in own.items() if not 0 < weight < float("inf")]:
        raise InputError(f"--weight {few[0]}={own[few[0]]}: give a number above 0 (2 is twice as often), or leave the task out")
    return {name: own.get(name, 1.0) for name in names}


def weights_given(given: Sequence[str]) -> dict[str, float]:
    """`["ner=2"]` as numbers by task."""
    weights: dict[str, float] = {}
    for each in given:
        name, _, weight = each.partition("=")
        if own_name(name) in weights:
            raise InputError(f"--weight {each}: {name} has a weight already, {weights[own_name(name)]:g}; give a task one")
        try:
            weights[own_name(name)] = float(weight)
        except ValueError:
            raise InputError(f"--weight {each}: say TASK=NUMBER, as --weight ner=2") from None
    return weights


def labels_given(labels: str | None) -> dict[str, str] | None:
    """What each label is called: `a,b` by its name, `0=no,1=yes` otherwise. Raises `InputError` for one that is named twice."""
    if labels is None:
        return None
    words: dict[str, str] = {}
    for each in labels.split(","):
        name, equals, word = (part.strip() for part in each.partition("="))
        word = word if equals else name
        if name in words:
            raise InputError(f"--labels {labels}: {name} is there twice; name each label once")
        if word in words.values():
            raise InputError(f"--labels {labels}: two labels go by the word {word!r}, and could not be told apart")
        if each.strip():
            words[name] = word
    return words


def before_untuned(
    task: str,
    model: str,
    options: Mapping[str, Any],
    data: str,
    shots: str | None,
    mapping: Mapping[str, str],
    format: str | None,
) -> None:
    """Raise `InputError` where there is no such task or model, an option is wrong, or examples or data begin with no record."""
    kind = task_called(task)
    recipes.of(options, "the options")
    if model in NAMED:
        kind.framing(NAMED[model].family)
    if shots is not None:
        format_of_shots(kind, shots, mapping, format)
    _begun(questions, kind, data, mapping, format, {})
    locate(model)  # last, since it may have much to fetch


def format_of_shots(task: Task[Any], shots: str, mapping: Mapping[str, str], format: str | None) -> str | None:
    """The format of examples: what they show themselves, or where that does not tell, the one named for the data.

    Raises `InputError` where they begin with no record.
    """
    if format is not None and can_be_read_again(shots):
        with suppress(InputError):
            first = next(records(task, shots, {}, None, mapping), None)
            if first is not None and first.answer is not None:  # nearly any file could be one of texts alone
                return None
    _begun(records, task, shots, {}, format, mapping)
    return format


def before_measuring(
    model: Path, options: Mapping[str, Any], data: Sequence[str], mapping: Mapping[str, str], format: str | None
) -> str | Files:
    """Raise `InputError` where `model` is no tuned model, an option is none of its recipe, or data begin with no record.

    Gives the file, or for a model of several tasks the files by task.
    """
    told = _told(model, options)
    kinds = {name: task_called(name) for name in told}
    files = _by_task(kinds, data, "DATA")
    for name, file in files.items():
        own = mapping_for(name, kinds, mapping)
        _begun(records, kinds[name], file, own, format, columns(told[name]))
        before_scoring(kinds[name], file, own, format, columns(told[name]))
    return files if len(told) > 1 else data[0]


def before_scoring(task: Task[Any], data: str, mapping: Mapping[str, str], format: str | None, known: Mapping[str, str]) -> None:
    """Raise `InputError` where it takes a package that is not there to tell whether the instructions in data are followed."""
    if following in task.metrics and not languages.is_there() and can_be_read_again(data):
        asked: Iterator[Any] = records(task, data, mapping, format, known)
        for record in asked:
            refuse_missing(record.instructions)


def before_asking(
    model: Path, options: Mapping[str, Any], data: str, mapping: Mapping[str, str], format: str | None, task: str | None
) -> None:
    """Raise `InputError` where `model` is no tuned model, does no such task, or `data` begin with nothing to ask about."""
    told = _told(model, options)
    kinds = {name: task_called(name) for name in ([task] if task in told else told)}
    if task not in (None, *told):
        raise InputError(f"the model in {model} does not do {task!r}, but {', '.join(told)}")
    if len(kinds) == 1:
        (name,) = kinds
        _begun(questions, kinds[name], data, mapping_for(name, kinds, mapping), format, columns(told[name]))
    elif can_be_read_again(data):
        known = {name: columns(told[name]) for name in kinds}
        next(questions_of_several(kinds, data, Lost(), mapping, format, known), None)


def _told(model: Path, options: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What a tuned model's folder tells of each of its tasks. Raises `InputError` for an option that is none of its recipe."""
    facts = read_facts(model)
    if not isinstance(facts.get("task"), str):
        raise InputError(f"{model / FACTS} is not as tasktune writes it ('task'); tune the model anew")
    read_recipe(model, options)
    return facts.get("tasks") or {facts["task"]: facts}


def _begun(
    read: Reader, task: Task[Any], data: str, mapping: Mapping[str, str], format: str | None, known: Mapping[str, str]
) -> None:
    """Read one record. Not of what can be read but once: standard input, a pipe."""
    if can_be_read_again(data):
        next(read(task, data, mapping, format, known), None)


def can_be_read_again(data: Data) -> bool:
    """Whether data can be read more than once: not standard input, a pipe, or an iterator."""
    if not isinstance(data, str | Path):
        return isinstance(data, Sequence)
    path = Path(data)
    return str(data) != STDIN and (path.is_file() or not path.exists())


def how_many(clusters: str | None) -> int | Literal["auto"] | None:
    """What `--clusters` says: a number, or "auto". Raises `InputError` where it says neither."""
    match clusters:
        case None:
            return None
        case "auto":
            return "auto"
    if not (clusters.isascii() and clusters.isdigit() and int(clusters)):
        raise InputError(f"--clusters {clusters}: give how many there are to be, or auto")
    return int(clusters)


def queries(given: str) -> list[str]:
    """The query that is given, or those that standard input has, a line each. Raises `InputError` where there is none."""
    asked = [line.strip() for line in (sys.stdin if given == "-" else [given]) if line.strip()]
    if not asked:
        raise InputError("there is no query: say what to look for, or give one a line on standard input")
    return asked


def filters(given: Iterable[str]) -> dict[str, list[Value]]:
    """What passages must be, from `name=value`; of a name that is repeated, one of its values."""
    found: dict[str, list[Value]] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not (name and equals):
            raise InputError(f"--where takes NAME=VALUE, but is given {each!r}")
        found.setdefault(name, []).extend(_meant(value))
    return found


def _meant(value: str) -> list[Value]:
    """What a value may be: the text itself, and the number or truth value that JSON spells so."""
    try:
        said = json.loads(value)
    except (ValueError, RecursionError):
        return [value]
    return [value, said] if isinstance(said, int) or (isinstance(said, float) and isfinite(said)) else [value]
