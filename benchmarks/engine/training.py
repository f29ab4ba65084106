"""Training contestants: tasktune's `train`, and transformers' `Trainer` on the very same features, network and recipe.

A turn is some steps of one training, from its first step to its last: the schedule, the optimizer's state and the order of the
records are those of a real run. The amount of a turn is the real tokens (attention mask 1) that its steps read: which record
falls into which step differs from side to side, and `Trainer` by length takes the longest first. So a turn is an epoch, where
that is not too long.
"""

from __future__ import annotations

import math
import os
from contextlib import closing
from dataclasses import dataclass, replace
from multiprocessing import get_context
from socket import socket
from typing import Any

import torch
import torch.distributed as dist
from transformers import DataCollatorForSeq2Seq, PrinterCallback, Trainer, TrainerCallback, TrainingArguments, set_seed

import tasktune as tt
from engine import sources
from engine.machine import flops
from engine.pairs import Asked, Baton, Facts
from tasktune.core import Lost
from tasktune.heads.base import Calibration
from tasktune.heads.features import Features
from tasktune.models import processes
from tasktune.models.adapters import adapted, merged
from tasktune.models.course import Course, Lesson, Subject
from tasktune.models.model import Model, build
from tasktune.models.network import in_bf16
from tasktune.models.packing import Padded
from tasktune.models.training import Step, train
from tasktune.recipe import Recipe
from tasktune.scores import Score, Scores
from tasktune.tasks import task

IGNORED = -100
LONGEST = 512
_STEPS_BESIDE = 6
"""Steps that are made twice, to see how far their losses differ."""
RATES = {"ner": 5e-4, "chat": 5e-5}
"""So few steps teach a small encoder entities at a rate like this, or not at all."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """A network that is not yet tuned, and what it is to learn."""

    model: Model
    learnt: list[Lesson]
    dev: list[Any]

    @property
    def tokens(self) -> int:
        """Real tokens in one pass over the data."""
        return sum(lesson.features.length for lesson in self.learnt)


def ready(asked: Asked, name: str, lora: int, epochs: int | None, batch: int) -> Lessons:
    """The model and as many records as fill the turns with steps, the same for every side; without `epochs`, one a turn."""
    epochs = epochs or asked.turns
    count = asked.amount * asked.turns * batch // epochs
    learnt, dev = (sources.wnut("train"), sources.wnut("dev")) if name == "ner" else (sources.conversations(), [])
    dev = sources.spaced(dev, 50 * asked.amount)
    learnt = sources.spaced(learnt, count)
    recipe = Recipe(
        epochs=epochs,
        batch_size=batch,
        patience=0,
        learning_rate=RATES[name],
        evaluations=1 / epochs,
        lora=lora,
        max_length=LONGEST,
        seed=sources.SEED,
        lossy="truncate",
    )
    set_seed(recipe.seed)
    kind = task(name)
    model = build(
        kind,
        asked.model,
        lambda framing: framing.inventory(n for r in learnt for n in framing.names(r)),
        recipe,
        lambda _: Calibration(),
    )
    lessons = [Lesson(record.id, f) for record in learnt for f in model.head.supervise(record, Lost()) if f.targets]
    if lora:
        model.net = adapted(model.net, model.head.framing, model.family, model.head.recipe)
    return Lessons(model, lessons[:count], dev)


def ours(baton: Baton | _OfAll, asked: Asked, *, task: str, lora: int = 0, epochs: int | None = 1, batch: int = 16) -> Facts:
    """tasktune."""
    given = ready(asked, task, lora, epochs, batch)
    losses: list[float] = []
    turn = Slice(baton, asked.amount)

    def report(step: Step) -> None:
        losses.append(step.loss)
        turn.went_on(step.done, step.tokens)

    baton.take()
    train(given.model.net, [Subject(given.model.net, given.model.head, given.learnt)], lambda: _UNMEASURED, report)
    return {**_tuned(given, lora), "losses": losses, "flops": _flops(given, lora), "loss_gap": _gap(asked, task, lora, batch)}


class Slice:
    """Hands the baton over after each so many steps, with the tokens that they read."""

    def __init__(self, baton: Baton | _OfAll, steps: int) -> None:
        self._baton, self._steps, self._tokens = baton, steps, 0

    def went_on(self, done: int, tokens: int) -> None:
        """A step was made, the `done`-th."""
        self._tokens += tokens
        if done % self._steps == 0:
            read, self._tokens = self._tokens, 0
            self._baton.hand_over(read)


def spread(baton: Baton, asked: Asked, **options: Any) -> Facts:
    """tasktune as `tasktune fit` runs where that pays: a process a core, each of one thread."""
    if asked.threads == 1:
        return ours(baton, asked, **options)
    with closing(socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {"WORLD_SIZE": str(asked.threads), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    os.environ.update(shared)
    torch.set_num_threads(1)
    start = get_context("spawn").Process
    others = [start(target=_rank, args=(rank, None, asked, options)) for rank in range(1, asked.threads)]
    for other in others:
        other.start()
    facts = _rank(0, baton, asked, options)
    for other in others:
        other.join()
    return facts


def _rank(rank: int, baton: Baton | None, asked: Asked, options: dict[str, Any]) -> Facts:
    os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank))
    with processes.together():
        return ours(_OfAll(baton), asked, **options)


@dataclass(frozen=True, slots=True)
class _OfAll:
    """The baton of all processes of a side: those that only help (`None`) wait, too, while others have their turn."""

    baton: Baton | None

    def take(self) -> bool:
        """Wait for the turn."""
        return self._begun(self.baton is None or self.baton.take())

    def hand_over(self, amount: float) -> bool:
        """Wait for the next."""
        return self._begun(self.baton is None or self.baton.hand_over(amount))

    def _begun(self, goes_on: bool) -> bool:
        dist.barrier()
        return goes_on


_UNMEASURED = Scores("none", {"none": Score(0.0, 0.0, 0.0)})


def trainer(
    baton: Baton, asked: Asked, *, task: str, lora: int = 0, epochs: int | None = 1, batch: int = 16, best: bool = False
) -> Facts:
    """`Trainer` with dynamic padding: its defaults, or (`best`) grouped by length, and in bf16 where the processor has it."""
    given = ready(asked, task, lora, epochs, batch)
    model, recipe = given.model, given.model.head.recipe
    flags: dict[str, Any] = {"train_sampling_strategy": "group_by_length", "bf16": in_bf16(recipe)} if best else {}
    runs = Counting(
        model.net,
        TrainingArguments(
            output_dir=str(asked.folder / "trainer"),
            num_train_epochs=recipe.epochs or 1,
            per_device_train_batch_size=batch,
            learning_rate=recipe.learning_rate or 0.0,
            warmup_steps=recipe.warmup,
            weight_decay=recipe.weight_decay,
            max_grad_norm=recipe.clip,
            seed=recipe.seed,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            **flags,
        ),
        train_dataset=[as_row(lesson.features, shift=task != "ner") for lesson in given.learnt],
        data_collator=DataCollatorForSeq2Seq(model.head.tokenizer),
    )
    runs.add_callback(Slices(baton, asked.amount, runs))
    runs.remove_callback(PrinterCallback)
    baton.take()
    runs.train()
    return {**_tuned(given, lora), "flags": flags}


class Counting(Trainer):
    """A `Trainer` that counts the real tokens it reads."""

    tokens = 0

    def training_step(self, model: Any, inputs: dict[str, Any], *given: Any, **named: Any) -> Any:
        """A step as ever."""
        self.tokens += int(inputs["attention_mask"].sum())
        return super().training_step(model, inputs, *given, **named)


class Slices(TrainerCallback):
    """Tells of each step of a `Trainer`."""

    def __init__(self, baton: Baton, steps: int, runs: Counting) -> None:
        self._slice, self._runs = Slice(baton, steps), runs

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Count."""
        read, self._runs.tokens = self._runs.tokens, 0
        self._slice.went_on(state.global_step, read)


def as_row(features: Features, *, shift: bool) -> dict[str, list[int]]:
    """Features as `Trainer` takes them. Decoders foretell the next token, and transformers shifts their labels itself."""
    labels = [IGNORED] * features.length
    for position, target in zip(features.positions, features.targets, strict=True):
        labels[position + shift] = int(target)
    return {**features.inputs, "attention_mask": [1] * features.length, "labels": labels}


def _tuned(given: Lessons, lora: int) -> Facts:
    """The dev scores of what came of it, where there is a dev split."""
    model = given.model
    model.net.eval()
    if lora:
        model.net = merged(model.net)
    if not given.dev:
        return {}
    score = tt.evaluate(model, given.dev).scores.main
    return {"f1": [score.value, score.low, score.high]}


def _flops(given: Lessons, lora: int) -> float:
    """Operations that a real token cannot do without: forward, back to the inputs and, without LoRA, to the weights."""
    passes = 2 if lora else 3
    supervised = sum(len(lesson.features.targets) for lesson in given.learnt)
    return passes * flops(given.model.net, [lesson.features.length for lesson in given.learnt], supervised) / given.tokens


def _gap(asked: Asked, task: str, lora: int, batch: int) -> float | None:
    """The largest difference in loss over a few steps between training as it is and records padded, all logits kept, in fp32."""
    if task == "ner" or processes.count() > 1:
        return None  # an encoder's dropout falls otherwise on records that pass through it together
    ours, plain = (_curve(asked, task, lora, min(batch, 4), padded=padded) for padded in (False, True))
    return max(abs(a - b) if math.isfinite(a - b) else math.inf for a, b in zip(ours, plain, strict=True))


def _curve(asked: Asked, task: str, lora: int, batch: int, *, padded: bool) -> list[float]:
    """The losses of a few steps."""
    given = ready(replace(asked, amount=_STEPS_BESIDE, turns=1), task, lora, 1, batch)
    head = replace(given.model.head, recipe=replace(given.model.head.recipe, precision="fp32"))
    course = Course(given.model.net, [Subject(given.model.net, head, given.learnt)], _STEPS_BESIDE)
    if padded:
        course.taught[0].layout, course.taught[0].loss = Padded(), head.loss
    batches = (given.learnt[k : k + batch] for k in range(0, len(given.learnt), batch))
    return [course.step(number, lessons) for number, lessons in enumerate(batches, 1)]
