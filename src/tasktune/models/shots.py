"""Which examples a model that was not tuned is shown: the same for all records, or for each those that are most like it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from random import Random

import numpy as np

from tasktune.core import Record
from tasktune.framings import Text
from tasktune.metrics.similarity import unit
from tasktune.models.embedder import embedder
from tasktune.recipe import Recipe

Ranked = Callable[[Record], Iterable[Record]]
"""Gives for a record all examples, the best to show first."""

EMBEDDER = "minilm"
"""What says how like two texts are."""


def at_random(framing: Text[Record], examples: Sequence[Record], seed: int) -> Ranked:
    """The examples in an order that follows from the seed; where there are labels, each once in every round, in a new order."""
    chance = Random(seed)
    by_label: dict[tuple[str, ...], list[Record]] = {}
    for example in chance.sample(examples, len(examples)):
        by_label.setdefault(tuple(framing.names(example)) if framing.closed else (), []).append(example)
    rounds = ([example for example in each if example is not None] for each in zip_longest(*by_label.values()))
    order = [example for each in rounds for example in chance.sample(each, len(each))]
    return lambda record: order


def by_similarity(framing: Text[Record], examples: Sequence[Record]) -> Ranked:
    """The examples by the cosine of their prompt and the record's (Liu et al. 2022, "What makes good in-context examples")."""
    model = embedder(EMBEDDER, Recipe())

    def vectors(records: Sequence[Record]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        found = model.embed([str(framing.prompt(record)) for record in records])
        return np.stack([unit(vector) for vector in found])

    table = vectors(examples)

    def ranked(record: Record) -> Iterator[Record]:
        nearness = table @ vectors([record])[0]
        return (examples[k] for k in np.argsort(-nearness, kind="stable"))

    return ranked
