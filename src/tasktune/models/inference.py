"""Running a network over any number of records: in batches of like length, in the order of the input, in constant memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TypeVar

import torch
from transformers import PreTrainedModel

from tasktune.core import Counts, Likelihood, Lost, Record
from tasktune.heads.base import Head, Raw, Scored
from tasktune.heads.features import Features, on
from tasktune.heads.free_text import FreeText
from tasktune.heads.parts import parted
from tasktune.models import processes
from tasktune.models.batching import WINDOW
from tasktune.models.network import autocast
from tasktune.models.passes import Passes
from tasktune.models.sharding import in_step, is_sharded

_BATCHES_AHEAD = 16
"""Batches' worth of tokens that are read ahead, at most: long work is answered as it comes."""

T = TypeVar("T")
Asked = TypeVar("Asked")
Input = TypeVar("Input")
Answered = tuple[Record, list[Raw], Scored]
"""A record, what the network said of each of its features, and the answer that this makes."""

Encoded = tuple[Asked, list[Input]]
Begin = Callable[[Passes, Sequence[Input]], Callable[[], list[T]]]
"""Begins some work on inputs in passes, and gives what waits for its results."""

UNANSWERED = Scored(None, 0.0)
IN_PARTS = "too long, so asked in parts, and then of what was said of these"


def answers(net: PreTrainedModel, head: Head, records: Iterable[Record], lost: Lost) -> Iterator[Answered]:
    """Every record with what the network said of it and the answer that this makes, in the order given.

    A record that the policy drops has no answer (`None`, at score 0). Processes that work together each answer a part,
    unless each has a part of the network.
    """
    work = partial(_answers, net, head)
    return in_step(net, work(records, lost)) if is_sharded(net) else processes.shared(records, work, lost)


def _answers(net: PreTrainedModel, head: Head, records: Iterable[Record], lost: Lost) -> Iterator[Answered]:
    passes, begin = Passes(net, head.recipe), partial(_decoded, net, head)
    for (record, _), raws in worked(
        passes, head.foreseen(records), lambda record: head.encode(summed_up(net, head, record, lost), lost), head.cost, begin
    ):
        scored = head.answer(record, raws) if raws else UNANSWERED
        yield record, raws, _told_lost(scored, record, lost)


def _told_lost(scored: Scored, record: Record, lost: Lost) -> Scored:
    """An answer, after what was lost of it is counted."""
    if scored.lost:
        lost.add(scored.lost, record.id)
    return scored


def summed_up(net: PreTrainedModel, head: Head, record: Record, lost: Lost) -> Record:
    """The record, or where its text is longer than the model, one about what is answered of its parts.

    There are as many rounds as it takes. One that leaves as many parts as it found is the last: what is too long still is then
    shortened. What is lost of the answers about parts is lost of the record.
    """
    if not isinstance(head, FreeText):
        return record
    parts = parted(head, record)
    if len(parts) > 1:
        lost.add(IN_PARTS, record.id)
    while len(parts) > 1:
        said = [str(scored.answer or "") for _, _, scored in _answers(net, head, parts, lost)]
        record, before = head.framing.part(record, "\n".join(said)), len(parts)
        parts = parted(head, record)
        if len(parts) >= before:
            break
    return record


def pieces(net: PreTrainedModel, head: FreeText, record: Record, lost: Lost) -> Generator[str, None, Scored]:
    """The text that answers a record, piece by piece; nothing where the policy drops the record. Returns the answer."""
    for features in head.encode(summed_up(net, head, record, lost), lost)[:1]:
        coming = head.pieces(net, features)
        while True:
            try:
                with torch.inference_mode(), autocast(head.recipe):  # left before others go on with the piece
                    piece = next(coming)
            except StopIteration as end:
                return _told_lost(head.answer(record, end.value), record, lost)
            yield piece
    return UNANSWERED


def likelihoods(net: PreTrainedModel, head: Head, records: Iterable[Record], lost: Lost) -> Iterator[tuple[Record, Likelihood]]:
    """Every record that has an answer with how likely the network finds it, in their order; without those that are dropped.

    Processes that work together each look at a part.
    """
    work = partial(_likelihoods, net, head)
    return in_step(net, work(records, lost)) if is_sharded(net) else processes.shared(records, work, lost)


def _likelihoods(net: PreTrainedModel, head: Head, records: Iterable[Record], lost: Lost) -> Iterator[tuple[Record, Likelihood]]:
    passes, begin = Passes(net, head.recipe), partial(_told, net, head)
    for (record, features), told in worked(
        passes, head.foreseen(records), lambda record: head.supervise(record, lost), head.cost, begin
    ):
        if features:
            counts = {name: sum(each[name] for each in told) for name in told[0]}
            tokens, characters = sum(len(f.targets) for f in features), _characters(head, record, features)
            yield record, Likelihood(counts.pop("nats"), tokens, characters, counts)


def _characters(head: Head, record: Record, told: Sequence[Features]) -> int:
    """The characters that the record gives to say; where the policy cut them, the share of them that its tokens are."""
    whole = head.characters(record)
    if head.recipe.lossy != "truncate":
        return whole
    uncut = replace(head, recipe=replace(head.recipe, lossy="split")).supervise(record, Lost())
    return round(whole * sum(len(f.targets) for f in told) / max(1, sum(len(f.targets) for f in uncut)))


def _ahead(
    records: Iterable[Asked], encode: Callable[[Asked], list[Input]], cost: Callable[[Input], int], budget: int
) -> Iterator[list[Encoded[Asked, Input]]]:
    """Records with their inputs, in lists that are worth sorting by length and short enough to wait for."""
    window: list[Encoded[Asked, Input]] = []
    tokens = 0
    for record in records:
        window.append((record, encode(record)))
        tokens += sum(map(cost, window[-1][1]))
        if len(window) == WINDOW or tokens >= _BATCHES_AHEAD * budget:
            yield window
            window, tokens = [], 0
    if window:
        yield window


def worked(
    passes: Passes,
    records: Iterable[Asked],
    encode: Callable[[Asked], list[Input]],
    cost: Callable[[Input], int],
    begin: Begin[Input, T],
) -> Iterator[tuple[Encoded[Asked, Input], list[T]]]:
    """Each record with its inputs and what came of them. While the network is at one window, the next is read.

    `cost` is how many tokens of an input pass through the network.
    """
    begun: deque[tuple[list[Encoded[Asked, Input]], Callable[[], list[T]]]] = deque()
    try:
        for window in _ahead(records, encode, cost, passes.recipe.token_budget):
            begun.append((window, begin(passes, [each for _, inputs in window for each in inputs])))
            while len(begun) > passes.ahead:
                yield from _each(*begun.popleft())
        while begun:
            yield from _each(*begun.popleft())
    finally:
        passes.end()


def _each(
    window: Sequence[Encoded[Asked, Input]], found: Callable[[], list[T]]
) -> Iterator[tuple[Encoded[Asked, Input], list[T]]]:
    """The records of a window with what was found for their inputs."""
    rest = iter(found())
    return ((encoded, list(islice(rest, len(encoded[1])))) for encoded in window)


def _decoded(net: PreTrainedModel, head: Head, passes: Passes, features: Sequence[Features]) -> Callable[[], list[Raw]]:
    """What the network says of each feature."""
    if head.paces_itself:
        return passes.whole(partial(head.decode, net), features)
    return passes.begin(partial(head.decode, net), features, list(map(head.cost, features)))


def _told(net: PreTrainedModel, head: Head, passes: Passes, features: Sequence[Features]) -> Callable[[], list[Counts]]:
    """What is counted of the targets of each feature."""

    def told(part: Sequence[Features]) -> list[Counts]:
        return head.told(net, on(net, head.collate(part)))

    return passes.begin(told, features, [f.length for f in features])


def log_p_of(net: PreTrainedModel, head: Head, features: Sequence[Features]) -> list[float]:
    """log p of the targets of each feature, in their order."""
    passes = Passes(net, head.recipe)
    try:
        return [-counts["nats"] for counts in _told(net, head, passes, features)()]
    finally:
        passes.end()
