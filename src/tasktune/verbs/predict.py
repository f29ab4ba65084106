"""Answer records with a tuned model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tasktune.core import Lost
from tasktune.datasets import Data, questions
from tasktune.models.model import Model, load
from tasktune.models.prediction import Prediction
from tasktune.verbs.progress import counted


def predict(
    model: Model | Path | str,
    data: Data,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
    lost: Lost | None = None,
) -> Iterator[Prediction]:
    """The answers of a tuned model, or of the model in a folder, to `data`, streamed in its order.

    `lost` gathers what could not be used (texts cut to the model's length, say).
    """
    tuned = model if isinstance(model, Model) else load(model)
    yield from counted(tuned.stream(questions(tuned.task, data, mapping, format), lost), "answering")
