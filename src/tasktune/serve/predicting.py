"""What a server does for a tuned model: `predict`."""

from __future__ import annotations

from typing import Any

from tasktune.core import InputError, Lost, Row
from tasktune.models.model import Model
from tasktune.models.multitask import MultiTaskModel
from tasktune.serve.app import LARGEST, Asked, Service
from tasktune.serve.searching import MOST, said

PICTURES = 32 << 20
"""Bytes of a request to a model that sees, at most."""


def of_model(model: Model | MultiTaskModel) -> Service:
    """`predict` gives the answers to `inputs`, texts or objects as in JSON lines; of a model of several tasks, all of them."""

    def predict(asked: Asked) -> Any:
        inputs = said(asked, "inputs", list)
        if len(inputs) > MOST:
            raise InputError(f"a request may have {MOST} inputs, and this one has {len(inputs)}; ask several times")
        lost, rows = Lost(), [_foreign(each, number) for number, each in enumerate(inputs, 1)]
        return {"answers": [each.as_json() for each in model.predict(rows, lost)], "lost": lost.as_json()}

    sees = any(each.family == "vision-language" for each in model.models.values())
    return Service({"tasks": [*model.models]}, {"predict": predict}, largest=PICTURES if sees else LARGEST)


def _foreign(given: Any, number: int) -> Any:
    """An input that came over the network: it may bring pictures, and have no file of this machine opened."""
    return Row(given, f"input {number}", ours=False) if isinstance(given, dict) else given
