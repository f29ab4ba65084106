"""Measure a tuned model on data with answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tasktune.datasets import Data, records
from tasktune.models.evaluation import Evaluation, measure
from tasktune.models.model import Model, load
from tasktune.verbs.progress import counted


def evaluate(
    model: Model | Path | str, data: Data, mapping: Mapping[str, str] | None = None, format: str | None = None
) -> Evaluation:
    """The scores of a tuned model, or of the model in a folder, on `data`, each with a 95 % bootstrap interval.

    Columns that `mapping` does not name are read as they were for `fit`. Raises `InputError` for a record
    without an answer unless the model's recipe says `lossy = "drop"`.
    """
    tuned = model if isinstance(model, Model) else load(model)
    answered = records(tuned.task, data, mapping, format, tuned.columns)
    return measure(tuned.task, tuned.net, tuned.head, counted(answered, "measuring"))
