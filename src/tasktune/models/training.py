"""Fine-tuning: AdamW with linear warm-up and decay, in random batches, until the dev score stops rising.

All that the next step depends on is in a checkpoint, and the batches follow from the seed and the step alone, so that training
which was interrupted ends with the very weights that it would have had.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from random import Random
from time import perf_counter
from typing import cast, final

import torch
from torch import Tensor
from transformers import PreTrainedModel

from tasktune.core import InputError
from tasktune.models import chance, processes
from tasktune.models.batching import chunks
from tasktune.models.checkpoints import Checkpoint, Checkpoints
from tasktune.models.course import Course, Lesson, Subject
from tasktune.models.dropout import cheap_dropout
from tasktune.models.sharding import laid_out, whole_in_first
from tasktune.models.vocabulary import occurring_rows
from tasktune.scores import Score, Scores


@dataclass(frozen=True, slots=True)
class Step:
    """How far training is, after a step of the optimizer. `scores` are those on the dev split, where it was just evaluated.

    `tokens` are those that the step read, padding apart.
    """

    done: int
    total: int
    loss: float
    learning_rate: float
    tokens: int
    scores: Scores | None = None


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of it: the steps taken and the one whose weights were kept, the primary dev score at each evaluation, each loss.

    `seconds` is what the steps took, evaluations apart.
    """

    steps: int
    best_step: int
    history: tuple[tuple[int, float], ...]
    losses: tuple[float, ...]
    seconds: float


Report = Callable[[Step], None]


@final
@dataclass(slots=True)
class Standing:
    """How far training is: its steps, their losses, the dev scores, and the weights of the best evaluation so far."""

    step: int = 0
    losses: list[float] = field(default_factory=list)
    history: list[tuple[int, float]] = field(default_factory=list)
    best_step: int = 0
    kept: dict[str, Tensor] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def best(self) -> Scores | None:
        """The score to beat."""
        value = dict(self.history).get(self.best_step)
        return None if value is None else Scores("best", {"best": Score(value, math.nan, math.nan)})

    def measured(self, scores: Scores, net: PreTrainedModel) -> None:
        """Note the scores of an evaluation, and the weights where none was better: of equals the latest have learnt the most.

        Whether they are kept, the first process says: rounding may differ, and all must keep the weights of the same step.
        """
        best = self.best
        kept = processes.decided(lambda: scores.better_than(best) or (best is not None and scores.main.value == best.main.value))
        self.history.append((self.step, scores.main.value))
        if kept:
            self.best_step, self.kept = self.step, {name: tensor.clone() for name, tensor in _weights(net).items()}

    def stale(self) -> int:
        """How many evaluations came after the first as good as the best; none as long as no answer is right."""
        best = dict(self.history).get(self.best_step)
        reached = next((step for step, value in self.history if value == best), self.best_step)
        return 0 if self.knows_nothing else sum(step > reached for step, _ in self.history)

    @property
    def knows_nothing(self) -> bool:
        """Whether no answer was right at any evaluation: the loss may fall for long before one is, so that the latest is best."""
        return bool(self.history) and all(value == 0 for _, value in self.history)


def train(
    net: PreTrainedModel,
    subjects: Sequence[Subject],
    evaluate: Callable[[], Scores],
    report: Report,
    checkpoints: Checkpoints | None = None,
    new: Collection[str] = (),
    alone: float = 0.0,
) -> Trained:
    """Tune `net` in place on what is taught, and leave it with the weights of the best evaluation.

    Usually there is one subject, whose network is `net`; the networks of several are parts of it, and are run by one recipe.
    `new` are the names of weights that begin at random, and so learn faster than what is pre-trained; for the share `alone` of
    the steps, nothing else learns.
    With `checkpoints`, go on from the newest of them and write more. Raises `InputError` where the loss is no longer a number.
    """
    lessons = (lesson for subject in subjects for lesson in subject.lessons)
    words = {token for lesson in lessons for token in lesson.features.inputs["input_ids"] if token >= 0}
    others = {token for subject in subjects for token in (subject.head.tokenizer.pad_token_id, *subject.head.insertable)}
    with cheap_dropout(net), occurring_rows(net, words | others):
        return _train(net, subjects, evaluate, report, checkpoints, new, alone)


def _train(
    net: PreTrainedModel,
    subjects: Sequence[Subject],
    evaluate: Callable[[], Scores],
    report: Report,
    checkpoints: Checkpoints | None,
    new: Collection[str],
    alone: float,
) -> Trained:
    recipe, module = subjects[0].head.recipe, cast(torch.nn.Module, net)
    torch.manual_seed(recipe.seed)
    per_epoch = len(_turns(subjects, recipe.batch_size))
    total = max(1, round(per_epoch * (recipe.epochs or 1)))
    every = max(1, round(per_epoch / recipe.evaluations))
    course = Course(net, subjects, total, new, alone)
    saved = checkpoints and processes.in_turn(checkpoints.newest)
    if not processes.agreed(saved and saved.step):
        raise InputError("not all processes see the same checkpoints: --out must lie on storage that all of them share")
    now = _restored(net, course, saved)
    for subject, batch in _batches(subjects, recipe.batch_size, recipe.seed, now.step):
        if now.step == total or (recipe.patience and now.stale() >= recipe.patience):
            break
        _step(now, course, batch, subject, checkpoints)
        scores = None
        if now.step % every == 0 or now.step == total:
            module.eval()
            scores = evaluate()
            now.measured(scores, net)
        report(Step(now.step, total, now.losses[-1], course.learning_rate, _tokens(batch), scores))
        if checkpoints and processes.decided(checkpoints.due):
            saved = _saved(now, net, course)
            if processes.is_first():
                checkpoints.save(saved)
    net.load_state_dict(now.kept, strict=False)
    module.eval()
    return Trained(now.step, now.best_step, tuple(now.history), tuple(now.losses), round(now.seconds, 1))


def _tokens(batch: Sequence[Lesson]) -> int:
    return sum(lesson.features.length for lesson in batch)


def _step(now: Standing, course: Course, batch: Sequence[Lesson], subject: int, checkpoints: Checkpoints | None) -> None:
    started = perf_counter()
    try:
        now.losses.append(course.step(now.step + 1, batch, subject))
    except InputError:
        if checkpoints and processes.is_first():
            checkpoints.discard()  # whoever goes on from one ends here again
        raise
    now.step += 1
    now.seconds += perf_counter() - started


def _batches(subjects: Sequence[Subject], size: int, seed: int, done: int) -> Iterator[tuple[int, list[Lesson]]]:
    """The batches that come after the first `done`, epoch after epoch, each with the number of its subject.

    An epoch has every lesson of every subject as often as the subject's weight says, in an order that follows from seed and
    epoch. A batch is of one subject, and those of all are shuffled, so that each has its turn as often as its size and weight
    make it (Liu et al. 2019, algorithm 1).

    Not by length: batches of like length taught worse where both were tried (tagging EWT), and the passes a batch is cut into
    spare the padding all the same.
    """
    turns = _turns(subjects, size)
    epoch, skipped = divmod(done, len(turns))
    for number in count(epoch):
        left = [chunks(subject.turn(Random(f"{seed} {number}")), size) for subject in subjects]
        batches = ((k, next(left[k])) for k in Random(f"{seed} {number}").sample(turns, len(turns)))
        yield from islice(batches, skipped if number == epoch else 0, None)


def _turns(subjects: Sequence[Subject], size: int) -> list[int]:
    """The subjects' numbers, each as often as it has batches in an epoch."""
    return [k for k, subject in enumerate(subjects) for _ in range(math.ceil(subject.turns / size))]


def _weights(net: PreTrainedModel) -> dict[str, Tensor]:
    """The weights that training changes, as they stand in the network."""
    trained = {name for name, p in net.named_parameters() if p.requires_grad}
    return {name: tensor.detach() for name, tensor in net.state_dict().items() if name in trained}


def _saved(now: Standing, net: PreTrainedModel, course: Course) -> Checkpoint:
    (moments, settings), (generators, others) = course.state(), chance.state(net.device)
    facts = {"losses": now.losses, "history": now.history, "best_step": now.best_step, "seconds": now.seconds}
    return Checkpoint(
        now.step,
        {"weights": whole_in_first(_weights(net)), "best": whole_in_first(now.kept), "optimizer": moments, "chance": generators},
        {**facts, "optimizer": settings, "chance": others},
    )


def _restored(net: PreTrainedModel, course: Course, saved: Checkpoint | None) -> Standing:
    """Where training begins: where a checkpoint stands, the network and all else put there too, or else before the first step."""
    if saved is None:
        return Standing()
    facts, tensors = saved.facts, saved.tensors
    there = net.state_dict()
    if not saved.tensors["weights"].keys() <= there.keys():  # of the table of words all rows, or those that occur
        raise InputError(
            "the checkpoint is of a network in parts on its processes, or this one is and that was not; "
            "go on as it was begun, or begin anew with another --out"
        )
    weights, best = ({name: laid_out(of[name], there[name]) for name in of} for of in (tensors["weights"], tensors["best"]))
    net.load_state_dict(weights, strict=False)
    course.restore(tensors["optimizer"], facts["optimizer"])
    chance.restore(net.device, tensors["chance"], facts["chance"])
    history = [(step, value) for step, value in facts["history"]]
    return Standing(saved.step, facts["losses"], history, facts["best_step"], best, facts["seconds"])
