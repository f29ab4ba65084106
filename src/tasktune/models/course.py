"""What one step of the optimizer does to the weights.

The loss of a step is the sum over its supervised tokens divided by their number, however the step is cut into passes: gradient
accumulation equals the full batch exactly, up to the order of addition.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from random import Random
from typing import Any, cast, final

import torch
from torch import Tensor
from torch.autograd.graph import increment_version
from torch.optim.lr_scheduler import LambdaLR
from transformers import PreTrainedModel

from tasktune import recipe as recipes
from tasktune.core import FamilyName, InputError
from tasktune.heads.base import Head
from tasktune.heads.embed import Embedder
from tasktune.heads.features import Features, on
from tasktune.models import foretold, gradient_cache, processes
from tasktune.models.network import autocast
from tasktune.models.packing import layout
from tasktune.models.sharding import is_sharded, laid_out, whole, whole_in_first

NEW_LAYERS = 20.0
"""How many times the rate of pre-trained weights those learn at that begin at random: they have everything to learn, and in few
steps (as SuPar tunes its parsers; Howard & Ruder 2018, section 3.2, on layers near the answer)."""


PROJECTOR_ALONE = 0.1
"""The share of the steps in which the new projector of an assembled model learns alone: LLaVA's first stage."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One feature to learn from, and the id of the record that it was made of."""

    record: str
    features: Features


@dataclass(frozen=True, slots=True)
class Subject:
    """What is taught: a head on its network, and the lessons for it. Several may have most of their network in common.

    `weight` is how often each lesson has its turn in an epoch.
    """

    net: PreTrainedModel
    head: Head
    lessons: Sequence[Lesson]
    weight: float = 1.0

    def turn(self, chance: Random) -> list[Lesson]:
        """The lessons of an epoch: shuffled as often as the weight says, the last time only a part of them."""
        rounds = (chance.sample(self.lessons, len(self.lessons)) for _ in range(math.ceil(self.weight)))
        return [lesson for each in rounds for lesson in each][: self.turns]

    @property
    def turns(self) -> int:
        """How many lessons an epoch has."""
        return max(1, round(self.weight * len(self.lessons)))


def paced(subjects: Mapping[str, Subject], family: FamilyName) -> dict[str, Subject]:
    """The subjects, to be learnt in as many epochs as all of their lessons together take."""
    turns = sum(subject.turns for subject in subjects.values())
    return {
        name: replace(each, head=replace(each.head, recipe=recipes.paced(each.head.recipe, family, turns)))
        for name, each in subjects.items()
    }


@final
class Taught:
    """A subject with the way in which its lessons are laid out for its network, its loss, and the weights of its classes."""

    def __init__(self, subject: Subject) -> None:
        self.net, self.head = subject.net, subject.head
        features = [lesson.features for lesson in subject.lessons]
        self.layout = layout(self.net, self.head, features)
        self.loss = foretold.loss(self.net, self.head, self.layout, features)
        weighed = self.head.recipe.class_weights
        self.weights = class_weights(subject.lessons, self.head.classes).to(self.net.device) if weighed else None

    def drawn(self, number: int, lessons: Sequence[Lesson]) -> list[Features]:
        """The features of lessons as they are in a step. What chance has a part in follows from seed, step and place alone."""
        chances = (Random(f"{self.head.recipe.seed} {number} {place}") for place in count())
        return [self.head.drawn(lesson.features, chance) for lesson, chance in zip(lessons, chances, strict=False)]

    def passes(self, number: int, batch: Sequence[Features]) -> list[tuple[list[Features], float]]:
        """The passes that this process makes of a batch, and how much each counts.

        Of several processes each makes some. A network that lies in parts is gathered by all of them at once: those with fewer
        passes add some that count nothing.
        """
        parts = processes.parts([features.length for features in batch], processes.count())
        made = [self._passes_of([batch[k] for k in part]) for part in parts]
        mine = [(features, 1.0) for features in made[processes.rank()]]
        if is_sharded(self.net):
            mine += [(list(batch[:1]), 0.0)] * (max(map(len, made)) - len(mine))
        if processes.count() > 1:  # what a process drops is drawn anew for each step: none does as another, nor as it did before
            torch.manual_seed(hash((self.head.recipe.seed, number, processes.rank())))
        return mine

    def _passes_of(self, batch: Sequence[Features]) -> list[list[Features]]:
        passes = self.layout.passes([features.length for features in batch], self.head.recipe.token_budget)
        return [[batch[k] for k in each] for each in passes]

    def gradient(self, passes: Sequence[tuple[list[Features], float]], tokens: int) -> float:
        """Add the gradient of what these passes make of the mean loss of a step, and give that back."""
        if isinstance(self.head, Embedder) and (len(passes) > 1 or processes.count() > 1):
            return gradient_cache.backward(self.net, self.head, passes)
        return sum((self.backward(features, counts / tokens) for features, counts in passes), 0.0)

    def backward(self, features: Sequence[Features], share: float) -> float:
        """Add the gradient of a `share` of the loss of a pass, and give that back."""
        batch = on(self.net, self.layout.batch(self.head, features))
        with autocast(self.head.recipe):
            loss = self.loss(self.net, batch, self.weights) * share
        torch.autograd.backward(loss)
        return float(loss.detach())


@final
class Course:
    """The optimizer's side of training: what one step does to the weights of `net`, which all subjects' networks are parts of.

    `new` are the names of the weights that begin at random; for the share `alone` of the steps, nothing else learns.
    """

    def __init__(
        self, net: PreTrainedModel, subjects: Sequence[Subject], total: int, new: Collection[str] = (), alone: float = 0.0
    ) -> None:
        recipe = subjects[0].head.recipe
        self.net, self.recipe = net, recipe
        rate = recipe.learning_rate or 0.0
        self.optimizer = torch.optim.AdamW(_groups(net, new, rate, recipe.weight_decay), fused=True)
        usual, waiting = partial(_factor, round(recipe.warmup * total), total), round(alone * total)
        rates: list[Callable[[int], float]] = [
            partial(_after, waiting, usual),
            partial(_after, waiting, usual),
            usual,
            usual,
        ]  # as `_groups` has them
        self.schedule = LambdaLR(self.optimizer, rates)
        self.sum = processes.Sum([] if is_sharded(net) else cast(torch.nn.Module, net).parameters())
        self.taught = [Taught(subject) for subject in subjects]  # last: it tries the network out, which gathers parts of it

    @property
    def learning_rate(self) -> float:
        """The rate of the next step, for pre-trained weights."""
        return float(self.schedule.get_last_lr()[0])

    @property
    def trained(self) -> list[Tensor]:
        """The weights that it changes, in the optimizer's order."""
        return [weight for group in self.optimizer.param_groups for weight in group["params"]]

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """What the next step depends on beside the weights: the optimizer's tensors, and its settings and schedule as JSON."""
        held = self.optimizer.state_dict()
        tensors = {f"{k}.{name}": tensor for k, of in held["state"].items() for name, tensor in of.items()}
        return whole_in_first(tensors), {"groups": held["param_groups"], "schedule": self.schedule.state_dict()}

    def restore(self, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        held: dict[int, dict[str, Tensor]] = {}
        trained = self.trained
        for key, tensor in tensors.items():
            k, name = key.split(".", 1)
            held.setdefault(int(k), {})[name] = laid_out(tensor, trained[int(k)]) if tensor.ndim else tensor
        self.optimizer.load_state_dict({"state": held, "param_groups": facts["groups"]})
        self.schedule.load_state_dict(facts["schedule"])

    def step(self, number: int, lessons: Sequence[Lesson], subject: int = 0) -> float:
        """One step of the optimizer on a batch of a subject, in as many passes as the token budget asks for.

        Returns the mean loss, that of a supervised token of this subject.

        Of several processes, each takes its part of the batch; how many tokens there are in all of it is known to all.
        """
        module, taught = cast(torch.nn.Module, self.net), self.taught[subject]
        module.train()
        drawn = taught.drawn(number, lessons)
        tokens = sum(len(features.targets) for features in drawn)
        with taught.layout.running(taught.net):
            loss = taught.gradient(taught.passes(number, drawn), tokens)
        loss = self.sum(loss)
        norm = whole(torch.nn.utils.clip_grad_norm_(module.parameters(), self.recipe.clip or math.inf))
        if not (math.isfinite(loss) and math.isfinite(float(norm))):
            raise _no_number(number, lessons)
        self.optimizer.step()
        increment_version(self.trained)  # which a fused step does not do: what was computed from the weights is known to be old
        self.schedule.step()
        self.optimizer.zero_grad()
        return loss


def _no_number(step: int, lessons: Sequence[Lesson]) -> InputError:
    ids = ", ".join(dict.fromkeys(lesson.record for lesson in lessons))
    return InputError(
        f"the loss of step {step}, or its gradient, is not a number; its records are {ids}. "
        "Try a lower --learning-rate, a smaller --clip, or --precision fp32, and look at those records"
    )


def _factor(warmup: int, total: int, step: int) -> float:
    """The share of the learning rate at a step: rising to all of it, then falling to nothing."""
    return step / max(1, warmup) if step < warmup else max(0.0, (total - step) / max(1, total - warmup))


def _after(waiting: int, usual: Callable[[int], float], step: int) -> float:
    return usual(step) if step >= waiting else 0.0


def _groups(net: torch.nn.Module, new: Collection[str], rate: float, decay: float) -> list[dict[str, Any]]:
    """Matrices with weight decay, biases and norms without; of either, what is pre-trained and what is new."""
    trained = [(name in new, p) for name, p in net.named_parameters() if p.requires_grad]
    return [
        {
            "params": [p for is_new, p in trained if is_new == of_new and (p.ndim > 1) == matrices],
            "lr": rate * NEW_LAYERS if of_new else rate,
            "weight_decay": decay if matrices else 0.0,
        }
        for of_new in (False, True)
        for matrices in (True, False)
    ]


def class_weights(lessons: Sequence[Lesson], classes: int) -> Tensor:
    """n / (K * n_k) for each class k: every class has the same say in the loss (King & Zeng 2001)."""
    if not classes:
        raise InputError("--class-weights needs a closed set of labels, which this task has not on this model; leave it out")
    seen = Counter(int(target) for lesson in lessons for target in lesson.features.targets)
    return torch.tensor([seen.total() / (len(seen) * seen[k]) if seen[k] else 0.0 for k in range(classes)])
