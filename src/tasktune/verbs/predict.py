"""Answer records with a tuned model: here, or on many machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tasktune.core import Lost
from tasktune.datasets import Data, questions
from tasktune.models.model import Model, load
from tasktune.models.prediction import Prediction
from tasktune.models.shards import answer_shards
from tasktune.verbs.progress import counted


def predict(
    model: Model | Path | str,
    data: Data,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
    lost: Lost | None = None,
) -> Iterator[Prediction]:
    """The answers of a tuned model, or of the model in a folder, to `data`, streamed in its order.

    Columns that `mapping` does not name are read as they were for `fit`. `lost` gathers what could not be used (texts cut to the
    model's length, say).
    """
    tuned = model if isinstance(model, Model) else load(model)
    asked = questions(tuned.task, data, mapping, format, tuned.columns)
    yield from counted(tuned.stream(asked, lost), "answering")


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
