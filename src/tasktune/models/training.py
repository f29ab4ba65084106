"""Fine-tuning: AdamW with linear warm-up and decay, in random batches, until the dev score stops rising."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import cast

import torch
from torch import Tensor
from transformers import PreTrainedModel

from tasktune.core import Scores
from tasktune.heads.base import Head
from tasktune.models.batching import chunks
from tasktune.models.course import Course, Lesson, class_weights


@dataclass(frozen=True, slots=True)
class Step:
    """How far training is, after a step of the optimizer. `scores` are those on the dev split, where it was just evaluated."""

    done: int
    total: int
    loss: float
    learning_rate: float
    scores: Scores | None = None


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of it: the steps taken, the step whose weights were kept, and the primary dev score at each evaluation.

    `seconds` is what the steps took, evaluations apart.
    """

    steps: int
    best_step: int
    history: tuple[tuple[int, float], ...]
    seconds: float


Report = Callable[[Step], None]


def train(net: PreTrainedModel, head: Head, lessons: Sequence[Lesson], evaluate: Callable[[], Scores], report: Report) -> Trained:
    """Tune `net` on `lessons` in place, and leave it with the weights of the best evaluation.

    Raises `InputError` where the loss is no longer a number.
    """
    recipe, module = head.recipe, cast(torch.nn.Module, net)
    torch.manual_seed(recipe.seed)
    chance = Random(recipe.seed)
    per_epoch = math.ceil(len(lessons) / recipe.batch_size)
    total = max(1, round(per_epoch * (recipe.epochs or 1)))
    every = max(1, round(per_epoch / recipe.evaluations))
    weights = class_weights(lessons, head.classes).to(net.device) if recipe.class_weights else None
    course = Course(net, head, lessons, total, weights)
    best, kept, best_step, history, seconds = None, _copied(net), 0, [], 0.0
    for step, batch in zip(range(1, total + 1), _endless(lessons, recipe.batch_size, chance), strict=False):
        started = perf_counter()
        loss = course.step(step, batch)
        seconds += perf_counter() - started
        scores = None
        if step % every == 0 or step == total:
            module.eval()
            scores = evaluate()
            history.append((step, scores.main.value))
            if scores.better_than(best):
                best, kept, best_step = scores, _copied(net), step
        report(Step(step, total, loss, course.learning_rate, scores))
        if recipe.patience and sum(at > best_step for at, _ in history) >= recipe.patience:
            break
    net.load_state_dict(kept, strict=False)
    module.eval()
    return Trained(step, best_step, tuple(history), round(seconds, 1))


def _endless(lessons: Sequence[Lesson], size: int, chance: Random) -> Iterator[list[Lesson]]:
    """Batches, epoch after epoch, drawn at random.

    Not by length: batches of like length taught worse where both were tried (tagging EWT), and the passes a batch is cut into
    spare the padding all the same.
    """
    while True:
        yield from chunks(chance.sample(lessons, len(lessons)), size)


def _copied(net: PreTrainedModel) -> dict[str, Tensor]:
    """The weights that training changes, copied."""
    trained = {name for name, p in net.named_parameters() if p.requires_grad}
    return {name: tensor.detach().clone() for name, tensor in net.state_dict().items() if name in trained}
