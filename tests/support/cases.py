"""Which head is tested with which task on which tiny models, and how one is had: untrained, or knowing a few records."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from families import DECODERS, ENCODERS, WRITERS
from tasktune.core import Record, Task
from tasktune.decoding import Decoding
from tasktune.framings import Framing, Labels
from tasktune.heads.base import Calibration
from tasktune.models.model import Model, build
from tasktune.recipe import Recipe
from tasktune.tasks import task

HEADS = {
    "label-one": ("nli", ENCODERS),
    "label-many": ("multilabel", ENCODERS),
    "label-number": ("regression", ENCODERS),
    "tags": ("ner", ENCODERS),
    "arcs": ("dependency-parsing", ENCODERS),
    "links": ("opinion-quadruples", ENCODERS),
    "extract": ("question-answering", ENCODERS),
    "select": ("summarization-extractive", ENCODERS),
    "embed": ("embedding", (*ENCODERS, "llama")),
    "mask": ("mask", ENCODERS),
    "masked-pair": ("pretraining", ENCODERS[:1]),
    "text-closed": ("nli", WRITERS),
    "text-free": ("multilabel", WRITERS),
    "chat": ("chat", DECODERS[1:]),
    "seen": ("vqa", ("llava",)),
}
"""The heads (and chat and pictures, which those of text do in their own way) by the task they are tested with, and the models."""

CASES = [(name, tiny) for name, tinies in HEADS.values() for tiny in tinies]

each_case = pytest.mark.parametrize("case", CASES, ids="-".join)

KNOWING = Recipe(
    epochs=60, learning_rate=1e-2, batch_size=4, evaluations=1 / 60, patience=0, decoding=Decoding(max_new_tokens=24)
)
"""Sixty steps on four records, evaluated once: enough for a tiny model to know them by heart."""


def untrained(kind: Task[Any], folder: Path, recipe: Recipe = KNOWING) -> Model:
    """A task on a random model, with the labels of the task's example."""

    def labels(framing: Framing) -> Labels:
        return framing.inventory(name for record in kind.example for name in framing.names(record))

    return build(kind, str(folder), labels, recipe, lambda _: Calibration())


def with_options(model: Model, **changes: Any) -> Model:
    """The model under other running options."""
    head = model.head
    own = {name: changes.pop(name) for name in tuple(changes) if name in {f.name for f in fields(Decoding)}}
    recipe = replace(head.recipe, **changes, decoding=replace(head.recipe.decoding, **own))
    return replace(model, head=replace(head, recipe=recipe, max_length=recipe.max_length or head.max_length))


def example(name: str) -> list[Record]:
    """A task's example, its records named r0, r1 …"""
    return [replace(record, id=f"r{k}") for k, record in enumerate(task(name).example)]
