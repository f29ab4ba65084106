"""Answering several tasks about the same text: an encoder reads it once, and the heads of all tasks what it says.

What heads give the encoder to read is compared by its tokens: tasks that read the same (a text alone, in its words) share the
pass. Where one reads something else (a second text, windows cut in other places) the encoder reads that as well, so that every
answer is the one that the task's own network gives. A network that writes reads each task's own prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from transformers import PreTrainedModel

from tasktune.core import Lost, Record
from tasktune.heads.base import Head, Raw, Scored
from tasktune.heads.features import Features, asked, collate_right, on
from tasktune.heads.several import SharedEncoder
from tasktune.models.inference import UNANSWERED, summed_up, worked
from tasktune.models.passes import Passes

Heads = Mapping[str, Head]
Questions = Mapping[str, Record]
"""What is asked about one text: by task, the record to be answered."""

Said = dict[str, tuple[int, Raw]]
"""What a network said of an input: by task, which of the record's features it was, and the rest as the task's head has it."""


@dataclass(frozen=True, slots=True)
class Input:
    """What the encoder reads at once: by task, which of the record's features this is, and the features."""

    features: dict[str, tuple[int, Features]]

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that read it."""
        return tuple(self.features)


def answers(
    net: PreTrainedModel, heads: Heads, questions: Iterable[Questions], lost: Lost
) -> Iterator[dict[str, tuple[Record, Scored]]]:
    """The answers to what is asked about each text, by task, in the order given.

    A record that the policy drops has no answer (`None`, at score 0). What is lost is counted for each task.
    """
    passes = Passes(net, next(iter(heads.values())).recipe)
    encode, begin = partial(_encoded, net, heads, lost), partial(_begun, net, heads)
    for (asking, _), said in worked(passes, questions, encode, partial(_cost, heads), begin):
        yield {task: (record, _answered(heads[task], task, record, said, lost)) for task, record in asking.items()}


def _encoded(net: PreTrainedModel, heads: Heads, lost: Lost, asking: Questions) -> list[Input]:
    """The inputs of all tasks, those with the same tokens as one."""
    inputs: dict[Any, Input] = {}
    for task, record in asking.items():
        own, head = Lost(), heads[task]
        for k, features in enumerate(head.encode(summed_up(net, head, record, own), own)):
            tokens, again = _tokens(features), 0
            while (same := inputs.setdefault((tokens, again), Input({}))) and task in same.features:
                again += 1  # a record's features may differ in more than their tokens
            same.features[task] = (k, features)
        lost.join(own, task)
    return list(inputs.values())


def _tokens(features: Features) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What the encoder is given; segments that are all the first one are as good as none."""
    segments = tuple(features.inputs.get("token_type_ids", ()))
    return tuple(features.inputs["input_ids"]), segments if any(segments) else ()


def _cost(heads: Heads, read: Input) -> int:
    return max(heads[task].cost(features) for task, (_, features) in read.features.items())


def _begun(net: PreTrainedModel, heads: Heads, passes: Passes, inputs: Sequence[Input]) -> Callable[[], list[Said]]:
    """Begin to ask about inputs, those that the same tasks read together."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for k, read in enumerate(inputs):
        groups.setdefault(read.tasks, []).append(k)
    waiting = []
    for tasks, group in groups.items():
        those = [inputs[k] for k in group]
        found = passes.begin(partial(_decoded, net, heads, tasks), those, [_cost(heads, read) for read in those])
        waiting.append((group, found))

    def all_found() -> list[Said]:
        said = {k: each for group, found in waiting for k, each in zip(group, found(), strict=True)}
        return [said[k] for k in range(len(inputs))]

    return all_found


def _decoded(net: PreTrainedModel, heads: Heads, tasks: Sequence[str], inputs: Sequence[Input]) -> list[Said]:
    """What the network says of inputs that these tasks read: the encoder once, each task's layers behind it."""
    behind = _encoder(net, heads[tasks[0]], [read.features[tasks[0]][1] for read in inputs])
    made: list[Said] = [{} for _ in inputs]
    for task in tasks:
        raws = heads[task].decode(behind(task), [read.features[task][1] for read in inputs])
        for read, each, raw in zip(inputs, made, raws, strict=True):
            each[task] = (read.features[task][0], raw)
    return made


def _encoder(net: PreTrainedModel, head: Head, features: Sequence[Features]) -> Callable[[str], PreTrainedModel]:
    """Each task's network: behind what the encoder says of a batch, or the whole where all tasks have the same."""
    if not isinstance(net, SharedEncoder):
        return lambda task: net
    batch = asked(on(net, collate_right([replace(f, targets=()) for f in features], head.tokenizer.pad_token_id)))
    said = net.base_model(**batch)
    return lambda task: net.behind(task, said)


def _answered(head: Head, task: str, record: Record, said: Sequence[Said], lost: Lost) -> Scored:
    numbered = [each[task] for each in said if task in each]
    raws = [raw for _, raw in sorted(numbered, key=lambda one: one[0])]
    scored = head.answer(record, raws) if raws else UNANSWERED
    if scored.lost:
        lost.add(f"{task}: {scored.lost}", record.id)
    return scored
