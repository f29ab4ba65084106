"""Answer records with a tuned model: here, or on many machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tasktune.core import InputError, Lost
from tasktune.datasets import Data, mapping_for, questions, questions_of_several
from tasktune.models.model import Model
from tasktune.models.multitask import MultiTaskModel, load
from tasktune.models.prediction import MultiTaskPrediction, Prediction
from tasktune.models.shards import answer_shards
from tasktune.tasks import own_name
from tasktune.verbs.progress import counted


def predict(
    model: Model | MultiTaskModel | Path | str,
    data: Data,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
    lost: Lost | None = None,
    task: str | None = None,
) -> Iterator[Prediction | Any]:
    """The answers of a tuned model, or of the model in a folder, to `data`, streamed in its order.

    Columns that `mapping` does not name are read as they were for `fit`. `lost` gathers what could not be used (texts cut to the
    model's length, say). Of a model of several tasks, `task` is the one whose answers are wanted; without it they are
    `MultiTaskPrediction`s, with the answers of all.
    """
    tuned = model if isinstance(model, Model | MultiTaskModel) else load(model)
    if isinstance(tuned, MultiTaskModel) and task is None:
        yield from counted(_stream(tuned, data, mapping, format, Lost() if lost is None else lost), "answering")
        return
    one = _model_for(tuned, task)
    own = mapping_for(one.task.name, {name: each.task for name, each in tuned.models.items()}, mapping)
    yield from counted(one.stream(questions(one.task, data, own, format, one.columns), lost), "answering")


def _model_for(tuned: Model | MultiTaskModel, task: str | None) -> Model:
    name = next(iter(tuned.models)) if task is None else own_name(task)
    if name not in tuned.models:
        raise InputError(f"this model does not do {task!r}, but {', '.join(tuned.models)}")
    return tuned.models[name]


def _stream(
    model: MultiTaskModel, data: Data, mapping: Mapping[str, str] | None, format: str | None, lost: Lost
) -> Iterator[MultiTaskPrediction]:
    known = {name: one.columns for name, one in model.models.items()}
    return model.stream(questions_of_several(model.tasks, data, lost, mapping, format, known), lost)


def predict_with_ray(
    folder: Path,
    data: Path,
    mapping: Mapping[str, str] | None = None,
    changes: Mapping[str, Any] | None = None,
    lost: Lost | None = None,
) -> Iterator[Prediction]:
    """The answers of the model in a folder to a Parquet file, or a folder of them, in their order, from as many workers as there
    are cores or accelerators in the Ray cluster that `RAY_ADDRESS` names, or on this machine.

    `changes` are to the model's own recipe. Needs `tasktune[ray]`; raises `InputError` without.
    """
    answers = answer_shards(folder, data, mapping or {}, changes or {}, Lost() if lost is None else lost)
    yield from counted(answers, "answering")
