"""Running a network over any number of records: in batches of like length, in the order of the input, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

import torch
from transformers import PreTrainedModel

from tasktune.core import Likelihood, Lost, Record
from tasktune.heads.base import Features, Head, Raw, Scored, on
from tasktune.heads.prompts import characters
from tasktune.models import processes
from tasktune.models.batching import batches
from tasktune.models.network import autocast

WINDOW = 512
"""Records that are read ahead, at most, to be batched by length."""

_BATCHES_AHEAD = 16
"""Batches' worth of tokens that are read ahead, at most: long work is answered as it comes."""

T = TypeVar("T")
Answered = tuple[Record, list[Raw], Scored]
"""A record, what the network said of each of its features, and the answer that this makes."""

Encoded = tuple[Record, list[Features]]
UNANSWERED = Scored(None, 0.0)


def answers(net: PreTrainedModel, head: Head, records: Iterable[Record], lost: Lost) -> Iterator[Answered]:
    """Every record with what the network said of it and the answer that this makes, in the order given.

    A record that the policy drops has no answer (`None`, at score 0). Processes that work together each answer a part.
    """
    return processes.shared(records, lambda part, noted: _answers(net, head, part, noted), lost)


def _answers(net: PreTrainedModel, head: Head, records: Iterable[Record], lost: Lost) -> Iterator[Answered]:
    for window in _ahead(records, lambda record: head.encode(record, lost), head):
        said = _each(window, _decoded(net, head, [f for _, features in window for f in features]))
        for (record, _), raws in zip(window, said, strict=True):
            yield record, raws, head.answer(record, raws) if raws else UNANSWERED


def likelihoods(net: PreTrainedModel, head: Head, records: Iterable[Record], lost: Lost) -> Iterator[tuple[Record, Likelihood]]:
    """Every record that has an answer with how likely the network finds it, in their order; without those that are dropped.

    Processes that work together each look at a part.
    """
    return processes.shared(records, lambda part, noted: _likelihoods(net, head, part, noted), lost)


def _likelihoods(net: PreTrainedModel, head: Head, records: Iterable[Record], lost: Lost) -> Iterator[tuple[Record, Likelihood]]:
    for window in _ahead(records, lambda record: head.supervise(record, lost), head):
        found = _each(window, log_p_of(net, head, [f for _, features in window for f in features]))
        for (record, features), log_p in zip(window, found, strict=True):
            if features:
                yield record, Likelihood(-sum(log_p), sum(len(f.targets) for f in features), _characters(head, record, features))


def _characters(head: Head, record: Record, told: Sequence[Features]) -> int:
    """The characters that the record gives to say; where the policy cut them, the share of them that its tokens are."""
    whole = characters(head.framing, record)
    if head.recipe.lossy != "truncate":
        return whole
    uncut = replace(head, recipe=replace(head.recipe, lossy="split")).supervise(record, Lost())
    return round(whole * sum(len(f.targets) for f in told) / max(1, sum(len(f.targets) for f in uncut)))


def _ahead(records: Iterable[Record], encode: Callable[[Record], list[Features]], head: Head) -> Iterator[list[Encoded]]:
    """Records with their features, in lists that are worth sorting by length and short enough to wait for."""
    window: list[Encoded] = []
    cost = 0
    for record in records:
        window.append((record, encode(record)))
        cost += sum(map(head.cost, window[-1][1]))
        if len(window) == WINDOW or cost >= _BATCHES_AHEAD * head.recipe.token_budget:
            yield window
            window, cost = [], 0
    if window:
        yield window


def _each(window: Sequence[Encoded], found: Sequence[T]) -> list[list[T]]:
    """What was found for each feature of a window, record by record."""
    rest = iter(found)
    return [list(islice(rest, len(features))) for _, features in window]


def _decoded(net: PreTrainedModel, head: Head, features: Sequence[Features]) -> list[Raw]:
    """What the network says of each feature, in their order."""
    raws: list[Raw] = [None] * len(features)
    with torch.inference_mode(), autocast(head.recipe):
        for batch in batches(list(map(head.cost, features)), head.recipe.token_budget):
            for k, raw in zip(batch, head.decode(net, [features[k] for k in batch]), strict=True):
                raws[k] = raw
    return raws


def log_p_of(net: PreTrainedModel, head: Head, features: Sequence[Features]) -> list[float]:
    """log p of the targets of each feature, in their order."""
    found = [0.0] * len(features)
    with torch.inference_mode(), autocast(head.recipe):
        for batch in batches([f.length for f in features], head.recipe.token_budget):
            log_p = head.log_p(net, on(net, head.collate([features[k] for k in batch])))
            for k, value in zip(batch, log_p.tolist(), strict=True):
                found[k] = value
    return found
