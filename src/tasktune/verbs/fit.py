"""Tune a pre-trained model on a task, or on several at once; keep the best of it, calibrate and measure it on the dev split."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from itertools import chain
from math import isnan, nan
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any, TypeVar, overload

import torch
from safetensors import SafetensorError

from tasktune.core import InputError
from tasktune.datasets import Data, mapping_for
from tasktune.models import multitask, processes
from tasktune.models.adapters import adapted, merged
from tasktune.models.checkpoints import Checkpoints, claimed, discard
from tasktune.models.course import PROJECTOR_ALONE, Subject, paced
from tasktune.models.family import family_of
from tasktune.models.folder import FACTS, checkpoints_of, refuse_taken
from tasktune.models.frozen import freeze
from tasktune.models.identity import identity
from tasktune.models.model import Model, build, put
from tasktune.models.multitask import MultiTaskModel
from tasktune.models.named import default_model
from tasktune.models.network import read_config
from tasktune.models.sharding import gathered, is_sharded, shard
from tasktune.models.training import Trained, train
from tasktune.models.weights import locate
from tasktune.notations.plain import as_json
from tasktune.recipe import Recipe
from tasktune.scores import Score, Scores
from tasktune.tasks import own_name, tasks_called
from tasktune.tasks import task as task_called
from tasktune.verbs.material import Material, material
from tasktune.verbs.progress import say, steps
from tasktune.verbs.slips import weighed

Made = TypeVar("Made", Model, MultiTaskModel)


@overload
def fit(
    task: str,
    train: Mapping[str, Data],
    dev: Mapping[str, Data] | None = None,
    model: str | None = None,
    out: Path | str | None = None,
    recipe: Recipe | None = None,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
    weights: Mapping[str, float] | None = None,
) -> MultiTaskModel: ...


@overload
def fit(
    task: str,
    train: Data,
    dev: Data | None = None,
    model: str | None = None,
    out: Path | str | None = None,
    recipe: Recipe | None = None,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
) -> Model: ...


def fit(
    task: str,
    train: Data | Mapping[str, Data],
    dev: Data | Mapping[str, Data] | None = None,
    model: str | None = None,
    out: Path | str | None = None,
    recipe: Recipe | None = None,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
    weights: Mapping[str, float] | None = None,
) -> Model | MultiTaskModel:
    """Tune `model` on a task and give back the tuned model, saved in the folder `out` where one is named.

    Without `model`, it is the first of the named ones (`tasktune models`) whose family can do the task.
    `train` and `dev` are paths, or mappings or records in Python; `train` may name a data set, which brings its own `dev`.
    Without `dev`, a tenth of `train` is set aside. The model kept is the one of the best dev score. Raises `InputError` for input
    that cannot be used; nothing is written then. Under a launcher (`torchrun`, `accelerate launch`) all its processes tune one
    model together, and the first of them writes it.

    For several tasks at once, `task` names them with `+` between and `train` and `dev` hold the data of each by its name; a
    `mapping` may begin with a task's name and a dot (`ner.text`). They share an encoder, or all of a model that writes. In an
    epoch each record has its turn once, or as often as `weights` says of its task (2 is twice, 0.5 every other record). The model
    kept is the one of the best mean of the tasks' primary scores.
    """
    kinds = tasks_called(task)
    often = weighed(kinds, weights or {})
    if len(kinds) > 1 or isinstance(train, Mapping):
        given = {name: (_of(name, train, "train"), _of(name, dev, "dev") if dev else None) for name in kinds}
        return _into(out, lambda work: _fit_several(given, model, work, recipe or Recipe(), mapping, format, often))
    assert not isinstance(train, Mapping)
    assert not isinstance(dev, Mapping)
    return _into(out, lambda work: _fit(task, train, dev, model, work, recipe or Recipe(), mapping, format))


def _of(task: str, data: Data | Mapping[str, Data], what: str) -> Any:
    """The data of one of several tasks."""
    own = {own_name(name): each for name, each in data.items()} if isinstance(data, Mapping) else {}
    if task in own:
        return own[task]
    if isinstance(data, Mapping) and what == "dev":
        return None
    raise InputError(
        f"there is no data for {task}: with several tasks, give {what}={{{task!r}: …}}, a file (or the like) for each"
    )


def _into(out: Path | str | None, make: Callable[[Path | None], Made]) -> Made:
    """The model that is made, in the folder `out` where one is named; it is given a folder for its checkpoints then."""
    with processes.together():
        if out is None:
            return make(None)
        _clear_up(Path(out))
        refuse_taken(Path(out))
        with claimed(Path(out)) as work:
            tuned = make(work)
            if processes.is_first():
                _put(tuned, work, Path(out))
        return tuned


def _clear_up(out: Path) -> None:
    """Take away the checkpoints of a model that is there already: the run that made it was killed before it did."""
    if processes.is_first() and (out / FACTS).is_file() and checkpoints_of(out).exists():
        with claimed(out) as work:
            discard(work)


def _put(tuned: Model | MultiTaskModel, work: Path, out: Path) -> None:
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
    recipe: Recipe,
    mapping: Mapping[str, str] | None,
    format: str | None,
) -> Model:
    """The tuned model; its checkpoints are in the folder `work`, where there is one."""
    kind, started = task_called(task), perf_counter()
    _refuse_int8(recipe)
    model = default_model(kind) if model is None else model
    source = locate(model)
    kind.framing(family_of(read_config(source)))  # what cannot be done is told before anything is read
    given = material(kind, train, dev, recipe, mapping, format)
    torch.manual_seed(recipe.seed)  # the layers that a task adds begin at random
    tuned = build(kind, model, given.labels, recipe, given.scale)
    subject = paced({"": given.subject(tuned)}, tuned.family)[""]
    tuned.head = subject.head
    trained = _train(tuned, subject, given, _kept(work, source, {"": subject}, {"": given}))
    tuned = given.calibrated(tuned)
    made = {"model": model, **given.source, **_made(started)}
    tuned.facts = as_json({"made": made, "training": _facts(trained), **given.facts(tuned)})
    return tuned


def _train(model: Model, subject: Subject, given: Material, kept: Checkpoints | None) -> Trained:
    """Tune the model's network in place."""
    freeze(model.net, model.head.recipe)
    recipe, new = model.head.recipe, () if model.head.recipe.lora else model.new  # of adapters all is new
    if recipe.lora:
        model.net = adapted(model.net, model.head.framing, model.family, recipe, model.new)
    shard(model.net)
    if is_sharded(model.net) and model.family == "vision-language":
        raise InputError("a network in parts does not learn from pictures; leave --use_fsdp out (--lora takes less memory)")
    alone = PROJECTOR_ALONE if model.family == "vision-language" and new else 0.0
    with steps(model.task.metric.primary) as report:
        subjects = [replace(subject, net=model.net)]
        trained = train(model.net, subjects, lambda: given.dev_scores(model), report, kept, new, alone)
    if recipe.lora:
        model.net = merged(model.net)
    model.net = gathered(model.net)
    return trained


def _fit_several(
    data: Mapping[str, tuple[Data, Data | None]],
    model: str | None,
    work: Path | None,
    recipe: Recipe,
    mapping: Mapping[str, str] | None,
    format: str | None,
    weights: Mapping[str, float],
) -> MultiTaskModel:
    """The model tuned for all tasks of which `data` holds what to learn from and to measure by."""
    kinds, started = {name: task_called(name) for name in data}, perf_counter()
    _refuse_int8(recipe)
    model = default_model(*kinds.values()) if model is None else model
    source = locate(model)
    multitask.refuse_apart(kinds, source, recipe)
    given = {
        name: material(kinds[name], train, dev, recipe, mapping_for(name, kinds, mapping), format)
        for name, (train, dev) in data.items()
    }
    torch.manual_seed(recipe.seed)
    tuned = multitask.build(
        kinds, model, lambda name, framing: given[name].labels(framing), recipe, lambda name, framing: given[name].scale(framing)
    )
    subjects = {name: replace(given[name].subject(tuned[name]), weight=weights[name]) for name in kinds}
    subjects = paced(subjects, family_of(read_config(source)))
    for name, subject in subjects.items():
        tuned[name].head = subject.head
    trained = _train_several(tuned, subjects, given, _kept(work, source, subjects, given))
    tuned.models = {name: given[name].calibrated(tuned[name]) for name in kinds}
    made, training = {"model": model, "weights": dict(weights), **_made(started)}, _facts(trained)
    for name, one in tuned.models.items():
        one.facts = as_json({"made": {**made, **given[name].source}, "training": training, **given[name].facts(one)})
    tuned.facts = as_json({"made": made, "training": training})
    return tuned


def _train_several(
    model: MultiTaskModel, subjects: Mapping[str, Subject], given: Mapping[str, Material], kept: Checkpoints | None
) -> Trained:
    """Tune the network of all tasks in place."""
    freeze(model.net, next(iter(model.models.values())).head.recipe)
    shard(model.net)
    if is_sharded(model.net):
        raise InputError("several tasks at once are not learnt by a network in parts; leave --use_fsdp out, or tune them alone")
    with steps("mean") as report:
        return train(model.net, [*subjects.values()], lambda: _mean(model, given), report, kept, model.new)


def _mean(model: MultiTaskModel, given: Mapping[str, Material]) -> Scores:
    """The mean of the tasks' primary scores: one that is better where it is less counts against it, one undefined for nothing."""
    found = [given[name].dev_scores(one) for name, one in model.models.items()]
    signed = [scores.main.value if scores.higher_is_better else -scores.main.value for scores in found]
    value = fmean(0.0 if isnan(each) else each for each in signed)
    return Scores("mean", {"mean": Score(value, nan, nan)})


def _refuse_int8(recipe: Recipe) -> None:
    if recipe.precision == "int8":
        raise InputError("precision int8 only answers, and learns nothing; leave it out here, and give it to predict or evaluate")


def _kept(work: Path | None, source: Path, subjects: Mapping[str, Subject], given: Mapping[str, Material]) -> Checkpoints | None:
    """The checkpoints in a folder, of a run that is known by what is learnt and measured."""
    if work is None:
        return None
    head = next(iter(subjects.values())).head

    def identified() -> dict[str, Any]:
        lessons = chain.from_iterable(subject.lessons for subject in subjects.values())
        known = identity(source, head, lessons, chain.from_iterable(each.held_out for each in given.values()))
        return {**known, "the weights of tasks": [subject.weight for subject in subjects.values()]}

    return Checkpoints(work, cache(identified), say)


def _made(started: float) -> dict[str, Any]:
    """How long it took, by how many processes, with what, and when."""
    return {
        "seconds": round(perf_counter() - started, 1),
        "processes": processes.count(),
        **{package: version(package) for package in ("tasktune", "transformers", "torch")},
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


def _facts(trained: Trained) -> dict[str, Any]:
    """What came of training, as JSON, without the losses: one a step is too many for a list of facts."""
    return {name: fact for name, fact in asdict(trained).items() if name != "losses"}
