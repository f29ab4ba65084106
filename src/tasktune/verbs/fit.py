"""Tune a pre-trained model on a task, keep the best of it, calibrate and measure it on the dev split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from random import Random
from statistics import fmean, pstdev
from time import perf_counter
from typing import Any

import torch
from safetensors import SafetensorError

from tasktune.core import InputError, Lost, Record, Scores
from tasktune.datasets import Data, records, train_and_dev
from tasktune.framings import Framing, Label, Labels, Select
from tasktune.heads.base import Calibration, Features
from tasktune.models import processes
from tasktune.models.adapters import adapted, merged
from tasktune.models.baseline import baseline
from tasktune.models.checkpoints import Checkpoints, claimed, discard
from tasktune.models.course import Lesson, Subject
from tasktune.models.evaluation import answered, calibrate, measure, primary
from tasktune.models.family import family_of
from tasktune.models.folder import FACTS, checkpoints_of, refuse_taken
from tasktune.models.identity import identity
from tasktune.models.model import Model, build, put
from tasktune.models.named import default_model
from tasktune.models.network import fold, read_config
from tasktune.models.sharding import gathered, shard
from tasktune.models.training import train
from tasktune.models.weights import locate
from tasktune.notations.plain import as_json
from tasktune.recipe import Recipe
from tasktune.tasks import task as task_called
from tasktune.verbs.progress import counted, say, steps

_DEV_SHARE = 0.1
_CALIBRATED_ON = 2000  # records: one number is learnt, and more would not move it


def fit(
    task: str,
    train: Data,
    dev: Data | None = None,
    model: str | None = None,
    out: Path | str | None = None,
    recipe: Recipe | None = None,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
) -> Model:
    """Tune `model` on a task and give back the tuned model, saved in the folder `out` where one is named.

    Without `model`, it is the first of the named ones (`tasktune models`) whose family can do the task.
    `train` and `dev` are paths, or mappings or records in Python; `train` may name a data set, which brings its own `dev`.
    Without `dev`, a tenth of `train` is set aside. The model kept is the one of the best dev score. Raises `InputError` for input
    that cannot be used; nothing is written then. Under a launcher (`torchrun`, `accelerate launch`) all its processes tune one
    model together, and the first of them writes it.
    """
    with processes.together():
        if out is None:
            return _fit(task, train, dev, model, None, recipe, mapping, format)
        _clear_up(Path(out))
        refuse_taken(Path(out))
        with claimed(Path(out)) as work:
            tuned = _fit(task, train, dev, model, work, recipe, mapping, format)
            if processes.is_first():
                _put(tuned, work, Path(out))
        return tuned


def _clear_up(out: Path) -> None:
    """Take away the checkpoints of a model that is there already: the run that made it was killed before it did."""
    if processes.is_first() and (out / FACTS).is_file() and checkpoints_of(out).exists():
        with claimed(out) as work:
            discard(work)


def _put(tuned: Model, work: Path, out: Path) -> None:
    """Save the model, by way of the folder `work`, and take its checkpoints away."""
    try:
        saved = tuned.save(work / f".{out.name}-tuned")
    except (OSError, SafetensorError) as wrong:
        raise InputError(
            f"the model is tuned, but cannot be written to {out} ({wrong}). "
            "Make room there and give the same command again: it goes on from the last checkpoint"
        ) from wrong
    put(saved, out)
    discard(work)


def _fit(
    task: str,
    train: Data,
    dev: Data | None,
    model: str | None,
    work: Path | None,
    recipe: Recipe | None,
    mapping: Mapping[str, str] | None,
    format: str | None,
) -> Model:
    """The tuned model; its checkpoints are in the folder `work`, where there is one."""
    kind, chosen, lost, started = task_called(task), recipe or Recipe(), Lost(), perf_counter()
    if chosen.precision == "int8":
        raise InputError("precision int8 only answers, and learns nothing; leave it out here, and give it to predict or evaluate")
    model = default_model(kind) if model is None else model
    source = locate(model)
    kind.framing(family_of(read_config(source)))  # what cannot be done is told before anything is read
    files = train_and_dev(kind, train, dev)
    learnt, held_out = (None if f is None else list(answered(records(kind, f, mapping, format), chosen, lost)) for f in files)
    learnt, held_out = _split(learnt or [], held_out, chosen.seed)
    torch.manual_seed(chosen.seed)  # the layers that a task adds begin at random
    tuned = build(kind, model, partial(_inventory, learnt), chosen, partial(_scale, learnt))
    lessons = _lessons(tuned, learnt, lost)
    identified = cache(partial(identity, source, tuned.head, lessons, held_out))
    trained = _train(tuned, lessons, held_out, None if work is None else Checkpoints(work, identified, say))
    tuned = _calibrated(tuned, held_out)
    facts = {
        "made": {
            "model": model,
            "train": _named(train),
            "dev": _named(dev),
            "mapping": dict(mapping or {}),
            "records": len(learnt),
            "dev_records": len(held_out),
            "seconds": round(perf_counter() - started, 1),
            "processes": processes.count(),
            **{package: version(package) for package in ("tasktune", "transformers", "torch")},
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        },
        "training": trained,
        **_measured(tuned, learnt, held_out),
        "lost_in_training": lost.as_json(),
    }
    tuned.facts = as_json(facts)
    return tuned


def _named(data: Data | None) -> str:
    if data is None:
        return f"{_DEV_SHARE:.0%} of train, set aside"
    return str(data) if isinstance(data, str | Path) else "records in Python"


def _split(learnt: list[Record], held_out: list[Record] | None, seed: int) -> tuple[list[Record], list[Record]]:
    """The records to learn from and those to measure by: where none are given for that, a tenth of the others."""
    if held_out is None:
        shuffled = Random(seed).sample(learnt, len(learnt))
        cut = max(1, round(_DEV_SHARE * len(learnt)))
        learnt, held_out = shuffled[cut:], shuffled[:cut]
    if not learnt or not held_out:
        raise InputError(f"there are {len(learnt)} records to learn from and {len(held_out)} to measure by; both must have some")
    return learnt, held_out


def _inventory(learnt: Sequence[Record], framing: Framing) -> Labels:
    """The labels that the training data show. Raises `InputError` where they leave nothing to choose between."""
    labels = framing.inventory(name for record in learnt for name in framing.names(record))
    fewest = {"one": 2, "many": 1, "number": 0}[framing.kind] if isinstance(framing, Label) else 0
    if len(labels) < fewest:
        raise InputError(f"the training data show {len(labels)} label ({', '.join(labels)}); it takes {fewest} to choose between")
    return labels


def _scale(learnt: Sequence[Record], framing: Framing) -> Calibration:
    """The mean and standard deviation of the training numbers, where answers are numbers; how many parts answers have."""
    if isinstance(framing, Select):
        return Calibration(parts=framing.usual(learnt))
    if not (isinstance(framing, Label) and framing.kind == "number"):
        return Calibration()
    numbers = [framing.write(record) for record in learnt]
    return Calibration(center=fmean(numbers), scale=pstdev(numbers) or 1.0)


def _lessons(model: Model, learnt: Sequence[Record], lost: Lost) -> list[Lesson]:
    """What there is to learn from the records."""
    lessons = [Lesson(record.id, features) for record in learnt for features in _supervised(model, record, lost)]
    if not lessons:
        raise InputError(f"the policy --lossy {model.head.recipe.lossy} leaves no record to learn from")
    return lessons


def _train(model: Model, lessons: Sequence[Lesson], held_out: Sequence[Record], kept: Checkpoints | None) -> dict[str, Any]:
    """Tune the model's network in place. Returns what came of it, as JSON."""
    head, recipe = model.head, model.head.recipe
    if recipe.lora:
        model.net = adapted(model.net, head.framing, model.family, recipe)
    shard(model.net)
    with steps(model.task.metric.primary) as report:
        trained = train(model.net, [Subject(model.net, head, lessons)], lambda: _dev_scores(model, held_out), report, kept)
    if recipe.lora:
        model.net = merged(model.net)
    model.net = gathered(model.net)
    return {name: fact for name, fact in asdict(trained).items() if name != "losses"}  # one a step: too many for a list of facts


def _calibrated(model: Model, held_out: Sequence[Record]) -> Model:
    """The model with a confidence that suits the dev split, and numbers in their own unit."""
    known = model.head.calibration
    if known.scale != 1.0 and fold(model.net, known.center, known.scale):
        model = model.calibrated(Calibration())
    some = Random(model.head.recipe.seed).sample(held_out, min(_CALIBRATED_ON, len(held_out)))
    return model.calibrated(calibrate(model.task, model.net, model.head, counted(some, "calibrating")))


def _dev_scores(model: Model, held_out: Sequence[Record]) -> Scores:
    return primary(model.task, model.net, model.head, counted(held_out, "measuring"))


def _supervised(model: Model, record: Record, lost: Lost) -> list[Features]:
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


def _measured(model: Model, learnt: Sequence[Record], held_out: Sequence[Record]) -> dict[str, Any]:
    """The model's scores on the dev split, and those of guessing by frequency, as JSON."""
    evaluation = measure(model.task, model.net, model.head, counted(held_out, "measuring"))
    guessed = baseline(model.task, learnt, held_out)
    return {
        "evaluation": evaluation.as_json(),
        "baseline": {} if guessed is None else {name: score.value for name, score in guessed.values.items()},
    }
