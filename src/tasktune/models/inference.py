"""Running a network over any number of records: in batches of like length, in the order of the input, in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import torch
from transformers import PreTrainedModel

from tasktune.core import Likelihood, Lost, Record
from tasktune.heads.base import Features, Head, Raw, Scored, on
from tasktune.heads.text import characters
from tasktune.models.network import autocast

WINDOW = 512
"""Records that are read ahead, to be batched by length."""

T = TypeVar("T")
Answered = tuple[Record, list[Raw], Scored]
"""A record, what the network said of each of its features, and the answer that this makes."""

UNANSWERED = Scored(None, 0.0)


def batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indexes of things of these lengths, like lengths together, longest last, each batch within `budget` when padded."""
    made: list[list[int]] = []
    for k in sorted(range(len(lengths)), key=lengths.__getitem__):
        if made and lengths[k] * (len(made[-1]) + 1) <= budget:
            made[-1].append(k)
        else:
            made.append([k])
    return made


def chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Things in lists of `size`, the last one shorter."""
    iterator = iter(things)
    while chunk := list(islice(iterator, size)):
        yield chunk


def answers(net: PreTrainedModel, head: Head, records: Iterable[Record], lost: Lost) -> Iterator[Answered]:
    """Every record with what the network said of it and the answer that this makes, in the order given.

    A record that the policy drops has no answer (`None`, at score 0).
    """
    for window in chunks(records, WINDOW):
        asked = [(k, f) for k, record in enumerate(window) for f in head.encode(record, lost)]
        raws: list[list[Raw]] = [[] for _ in window]
        for (k, _), raw in zip(asked, _decoded(net, head, [f for _, f in asked]), strict=True):
            raws[k].append(raw)
        for record, said in zip(window, raws, strict=True):
            yield record, said, head.answer(record, said) if said else UNANSWERED


def _decoded(net: PreTrainedModel, head: Head, features: Sequence[Features]) -> list[Raw]:
    """What the network says of each feature, in their order."""
    raws: list[Any] = [None] * len(features)
    with torch.inference_mode(), autocast(head.recipe):
        for batch in batches([f.length for f in features], head.recipe.token_budget):
            for k, raw in zip(batch, head.decode(net, [features[k] for k in batch]), strict=True):
                raws[k] = raw
    return raws


def likelihoods(net: PreTrainedModel, head: Head, records: Iterable[Record], lost: Lost) -> Iterator[tuple[Record, Likelihood]]:
    """Every record that has an answer with how likely the network finds it, in the order given."""
    for window in chunks(records, WINDOW):
        told = [(k, f) for k, record in enumerate(window) for f in head.supervise(record, lost)]
        nats = dict.fromkeys(range(len(window)), 0.0)
        tokens = dict.fromkeys(range(len(window)), 0)
        for (k, feature), log_p in zip(told, log_p_of(net, head, [f for _, f in told]), strict=True):
            nats[k] -= log_p
            tokens[k] += len(feature.targets)
        for k, record in enumerate(window):
            asked = characters(head.framing, record) if tokens[k] else 0  # 0: the policy dropped it
            yield record, Likelihood(nats[k], tokens[k], asked)


def log_p_of(net: PreTrainedModel, head: Head, features: Sequence[Features]) -> list[float]:
    """log p of the targets of each feature, in their order."""
    found = [0.0] * len(features)
    with torch.inference_mode(), autocast(head.recipe):
        for batch in batches([f.length for f in features], head.recipe.token_budget):
            log_p = head.log_p(net, on(net, head.collate([features[k] for k in batch])))
            for k, value in zip(batch, log_p.tolist(), strict=True):
                found[k] = value
    return found
