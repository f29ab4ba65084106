"""Tune a pre-trained model on a task, keep the best of it, calibrate and measure it on the dev split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from random import Random
from statistics import fmean, pstdev
from time import perf_counter
from typing import Any

from tasktune.core import InputError, Lost, Record, Task
from tasktune.datasets import Data, records, train_and_dev
from tasktune.framings import Framing, Label, Labels
from tasktune.heads.base import Calibration
from tasktune.models.adapters import adapted, merged
from tasktune.models.baseline import baseline
from tasktune.models.evaluation import answered, calibrate, measure
from tasktune.models.model import Model, build, refuse_taken
from tasktune.models.training import Lesson, Report, Step, train
from tasktune.recipe import Recipe
from tasktune.tasks import task as task_called

DEFAULT_MODEL = "minilm"
_DEV_SHARE = 0.1
_CALIBRATED_ON = 2000  # records: one number is learnt, and more would not move it


def fit(
    task: str,
    train: Data,
    dev: Data | None = None,
    model: str = DEFAULT_MODEL,
    out: Path | str | None = None,
    recipe: Recipe | None = None,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
) -> Model:
    """Tune `model` on a task and give back the tuned model, saved in the folder `out` where one is named.

    `train` and `dev` are paths, or texts, mappings or records in Python; without `dev`, a tenth of `train` is set aside. The model
    kept is the one of the best dev score. Raises `InputError` for input that cannot be used; nothing is written then.
    """
    if out is not None:
        refuse_taken(Path(out))
    lost = Lost()
    kind, wanted, started = task_called(task), recipe or Recipe(), perf_counter()
    learnt, held_out = _splits(kind, *train_and_dev(kind, train, dev), wanted, mapping, format, lost)
    tuned = _built(kind, model, learnt, wanted)
    _refuse_unknown_labels(tuned, held_out, lost)
    trained = _train(tuned, learnt, held_out, lost)
    tuned = tuned.calibrated(calibrate(tuned.net, tuned.head, islice(held_out, _CALIBRATED_ON)))
    evaluation = measure(kind, tuned.net, tuned.head, held_out)
    guessed = baseline(kind, learnt, held_out)
    tuned.facts = {
        "made": {
            "model": model,
            "train": _named(train),
            "dev": _named(dev) if dev is not None else f"{_DEV_SHARE:.0%} of train",
            "mapping": dict(mapping or {}),
            "records": len(learnt),
            "dev_records": len(held_out),
            "seconds": round(perf_counter() - started, 1),
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            **{package: version(package) for package in ("tasktune", "transformers", "torch")},
        },
        "training": trained,
        "evaluation": evaluation.as_json(),
        "baseline": {} if guessed is None else {name: score.value for name, score in guessed.values.items()},
        "lost_in_training": lost.as_json(),
    }
    if out is not None:
        tuned.save(out)
    return tuned


def _named(data: Data) -> str:
    return str(data) if isinstance(data, str | Path) else "records in Python"


def _splits(
    task: Task[Any],
    train: Data,
    dev: Data | None,
    recipe: Recipe,
    mapping: Mapping[str, str] | None,
    format: str | None,
    lost: Lost,
) -> tuple[list[Record], list[Record]]:
    """The records to learn from and those to measure by, each with an answer."""
    learnt = list(answered(records(task, train, mapping, format), recipe, lost))
    if dev is not None:
        held_out = list(answered(records(task, dev, mapping, format), recipe, lost))
    else:
        Random(recipe.seed).shuffle(learnt)
        cut = max(1, round(_DEV_SHARE * len(learnt)))
        learnt, held_out = learnt[cut:], learnt[:cut]
    for name, found in (("train", learnt), ("dev", held_out)):
        if not found:
            raise InputError(f"there are no records to {'learn from' if name == 'train' else 'measure by'}: {name} is empty")
    return learnt, held_out


def _built(task: Task[Any], model: str, learnt: Sequence[Record], recipe: Recipe) -> Model:
    """The model to tune: its labels and the scale of its numbers are those of the training data."""
    return build(task, model, partial(_inventory, learnt), recipe, partial(_scale, learnt))


def _inventory(learnt: Sequence[Record], framing: Framing) -> Labels:
    labels = framing.inventory(name for record in learnt for name in framing.names(record))
    closed = isinstance(framing, Label) and framing.kind != "number"
    if closed and len(labels) < (2 if framing.kind == "one" else 1):
        raise InputError(
            f"the training data have {len(labels)} label(s) ({', '.join(labels)}); it takes at least two to choose between"
        )
    return labels


def _scale(learnt: Sequence[Record], framing: Framing) -> Calibration:
    if not (isinstance(framing, Label) and framing.kind == "number"):
        return Calibration()
    numbers = [framing.write(record) for record in learnt]
    return Calibration(center=fmean(numbers), scale=pstdev(numbers) or 1.0)


def _refuse_unknown_labels(model: Model, held_out: Sequence[Record], lost: Lost) -> None:
    """Note dev records with labels that training data did not show: no answer can be right there."""
    if not model.head.labels:
        return
    known = set(model.head.labels)
    for record in held_out:
        if not known.issuperset(model.head.framing.names(record)):
            lost.add("dev labels not in training data", record.id)


def _train(model: Model, learnt: Sequence[Record], held_out: Sequence[Record], lost: Lost) -> dict[str, Any]:
    """Tune the model's network in place. Returns what came of it, as JSON."""
    head, recipe = model.head, model.head.recipe
    lessons = [Lesson(r.id, f) for r in learnt for f in _supervised(model, r, lost)]
    if recipe.lora:
        model.net = adapted(model.net, head.framing, model.family, recipe)
    with _bar(model.task.metric.primary) as report:
        trained = train(model.net, head, lessons, recipe, lambda: measure(model.task, model.net, head, held_out).scores, report)
    if recipe.lora:
        model.net = merged(model.net)
    return asdict(trained)


def _supervised(model: Model, record: Record, lost: Lost) -> list[Any]:
    """The features of a record to learn from; one without anything to learn is an error unless the policy is to drop."""
    features = model.head.supervise(record, lost)
    useful = [f for f in features if f.targets]
    if useful or not features:
        return useful
    if model.head.recipe.lossy != "drop":
        raise InputError(
            f"record {record.id or record!r} leaves nothing to learn: no label, word or token of it is supervised; "
            "mend it, or leave such records out with --lossy drop"
        )
    lost.add("nothing to learn", record.id)
    return []


@contextmanager
def _bar(primary: str) -> Iterator[Report]:
    """A progress bar on standard error, with the loss and the last dev score; nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("tuning"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[said]}"))
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("tuning", total=None, said="")
        best = ""

        def report(step: Step) -> None:
            nonlocal best
            if step.scores is not None:
                best = f"  dev {primary} {step.scores.main.value:.4f}"
            progress.update(bar, completed=step.done, total=step.total, said=f"loss {step.loss:.3f}{best}")

        yield report
