"""Measure a model on data with answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import overload

from tasktune.core import InputError
from tasktune.datasets import Data, mapping_for, records
from tasktune.models.evaluation import Evaluation, MultiTaskEvaluation, measure
from tasktune.models.model import Model
from tasktune.models.multitask import MultiTaskModel, load
from tasktune.tasks import own_name
from tasktune.verbs.progress import counted
from tasktune.verbs.untuned import as_asked, refuse_other_labels


@overload
def evaluate(
    model: Model | MultiTaskModel | Path | str,
    data: Mapping[str, Data],
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
) -> MultiTaskEvaluation: ...


@overload
def evaluate(
    model: Model | MultiTaskModel | Path | str,
    data: Data,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
) -> Evaluation: ...


def evaluate(
    model: Model | MultiTaskModel | Path | str,
    data: Data | Mapping[str, Data],
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
) -> Evaluation | MultiTaskEvaluation:
    """The scores of a tuned model, or of the model in a folder, on `data`, each with a 95 % bootstrap interval.

    Columns that `mapping` does not name are read as they were for `fit`. Raises `InputError` for a record
    without an answer unless the model's recipe says `lossy = "drop"`. A model of several tasks is measured in those of which
    `data` holds what to measure by, by the task's name.
    """
    tuned = model if isinstance(model, Model | MultiTaskModel) else load(model)
    models: dict[str, Model] = tuned.models
    if not isinstance(data, Mapping):
        if len(models) > 1:
            raise InputError(
                f"this model does {', '.join(models)}: give {{{next(iter(models))!r}: …}}, data for each to be measured by"
            )
        (one,) = models.values()
        return _measured(one, data, mapping, format)
    given = {own_name(name): each for name, each in data.items()}
    if unknown := [name for name in given if name not in models]:
        raise InputError(f"this model does {', '.join(models)}, and not {', '.join(unknown)}")
    tasks = {name: one.task for name, one in models.items()}
    return MultiTaskEvaluation(
        {name: _measured(models[name], each, mapping_for(name, tasks, mapping), format) for name, each in given.items()}
    )


def _measured(model: Model, data: Data, mapping: Mapping[str, str] | None, format: str | None) -> Evaluation:
    if "asked" in model.facts:
        refuse_other_labels(model, data, mapping, format)
    answered = records(model.task, data, mapping, format, model.columns)
    return replace(measure(model.task, model.net, model.head, counted(answered, "measuring")), asked=as_asked(model))
