"""Measuring a model on records that have answers: scores, what its framing could reach, how good its confidence is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from transformers import PreTrainedModel

from tasktune.core import InputError, Lost, Metric, Record, Task
from tasktune.heads.base import UNSAYABLE, Calibration, Choice, Head, Raw, Scored, softmax
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.calibration import Calibration as Bins
from tasktune.metrics.calibration import trusted_temperature
from tasktune.metrics.threshold import Alternatives, best_thresholds
from tasktune.models.heard import Asked, Heard, unheard
from tasktune.models.inference import Answered, answers, likelihoods
from tasktune.notations.plain import as_json
from tasktune.recipe import Recipe
from tasktune.scores import Scores


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of a model on records.

    `ceiling` are the scores of a model that says exactly what the records' answers ask of it (empty where the metric is a
    likelihood). `calibration` is the expected calibration error of the closed choices before and after the temperature (empty
    where answers are open). `asked` says how a model that was not tuned was asked: its name, labels and shots.
    """

    task: str
    records: int
    scores: Scores
    ceiling: dict[str, float]
    calibration: dict[str, float]
    lost: Lost
    asked: dict[str, Any] = field(default_factory=dict)

    @property
    def evaluations(self) -> dict[str, Evaluation]:
        """This one by the name of its task, as there are several of a model of several tasks."""
        return {self.task: self}

    def as_json(self) -> dict[str, Any]:
        """As `tasktune evaluate --json` prints it; `null` where there is no number."""
        shown: dict[str, Any] = as_json(
            {
                "task": self.task,
                "primary": self.scores.primary,
                "records": self.records,
                "scores": {name: asdict(score) for name, score in self.scores.values.items()},
                "ceiling": self.ceiling,
                "calibration": self.calibration,
                "lost": self.lost.as_json(),
                **({"signatures": self.scores.signatures} if self.scores.signatures else {}),
                **({"asked": self.asked} if self.asked else {}),
            }
        )
        return shown


@dataclass(frozen=True, slots=True)
class MultiTaskEvaluation:
    """What came of measuring a model in several tasks, each on data of its own."""

    evaluations: dict[str, Evaluation]

    def __getitem__(self, task: str) -> Evaluation:
        """The evaluation of a task."""
        return self.evaluations[task]

    def as_json(self) -> dict[str, Any]:
        """Each task's, by its name."""
        return {"task": "+".join(self.evaluations), "tasks": {name: each.as_json() for name, each in self.evaluations.items()}}


def measure(task: Task[Any], net: PreTrainedModel, head: Head, records: Iterable[Record]) -> Evaluation:
    """The scores of a network on records, by all of the task's metrics.

    Raises `InputError` naming a record that says nothing to any of them (none that has an answer), unless the policy is to drop.
    The records that metrics beside the first ask about are held in memory, with the answers to those that the first asks too:
    the network is not asked again.
    """
    lost, heard, beside = Lost(), Heard(task.metric), [(metric, list[Asked]()) for metric in task.beside]
    given = heard.noted(beside, measurable(task, records, head.recipe, lost))
    parts = [_measured(task.metric, task, net, head, given, heard.kept)]
    for metric, asked in beside:
        parts.append(_measured(metric, task, net, head, unheard(asked), partial(heard.again, asked)))
    first, *others = [part for part in parts if part.records] or parts[:1]
    if not first.records:
        raise InputError("there are no records to measure by")
    lost.join(first.lost)
    for other in others:
        lost.join(other.lost, f"as to {other.scores.primary}")
    values = {name: score for part in (first, *others) for name, score in part.scores.values.items()}
    signatures = {name: signature for part in (first, *others) for name, signature in part.scores.signatures.items()}
    ceiling = {name: figure for part in (first, *others) for name, figure in part.ceiling.items()}
    return replace(first, scores=replace(first.scores, values=values, signatures=signatures), ceiling=ceiling, lost=lost)


def _measured(
    metric: Metric[Any],
    task: Task[Any],
    net: PreTrainedModel,
    head: Head,
    records: Iterable[Record],
    all_said: Callable[[Iterable[Answered]], Iterable[Answered]],
) -> Evaluation:
    """What comes of one metric; `all_said` makes of what the network says of `records` all that the metric is measured on."""
    if metric.of == "likelihood":
        return _measure_likelihood(metric, task, net, head, records)
    lost, tally, ceiling = Lost(), Tally(metric), Tally(metric, replicates=0)
    raw_bins, bins = Bins(), Bins()
    for record, raws, scored in all_said(answers(net, head, records, lost)):
        tally.add(record, _said(metric, scored, head.recipe.decoding.n_best))
        if record.answer is not None:
            ceiling.add(record, _said(metric, Scored(head.ceiling(record) if raws else None, 1.0), 1))
        _note(lost, head, record, readable=not raws or scored.answer is not None)
        for temperature, counted in ((1.0, raw_bins), (head.calibration.temperature, bins)):
            _count_confidence(counted, head, record, raws, temperature)
    errors = {"ece_before": raw_bins.error(), "ece_after": bins.error()}
    return Evaluation(
        task.name,
        tally.records,
        tally.scores(),
        {name: float(figure[0]) for name, figure in ceiling.figures().items()} if ceiling.records else {},
        {} if math.isnan(errors["ece_before"]) else errors,
        lost,
    )


def _measure_likelihood(
    metric: Metric[Any], task: Task[Any], net: PreTrainedModel, head: Head, records: Iterable[Record]
) -> Evaluation:
    lost, tally = Lost(), Tally(metric)
    for record, likelihood in likelihoods(net, head, records, lost):
        tally.add(record, likelihood)
    return Evaluation(task.name, tally.records, tally.scores(), {}, {}, lost)


def _asked(metric: Metric[Any], records: Iterable[Record]) -> Iterator[Record]:
    """What the model is asked to be measured by a metric."""
    return (asked for record in records if (asked := metric.asked(record)) is not None)


def _said(metric: Metric[Any], scored: Scored, asked_for: int) -> Any:
    """What of an answer a metric counts: the best one, or as many as were asked for, `None` for each that there is not."""
    if metric.of != "answers":
        return scored.answer
    said = (scored.answer, *(answer for answer, _ in scored.others))
    return (*said, *[None] * (asked_for - len(said)))


def answered(records: Iterable[Record], recipe: Recipe, lost: Lost) -> Iterator[Record]:
    """The records, without those that have no answer where the policy is to drop; an error about the first where it is not.

    Where records without one are usual (`Record.unanswered`), they are left out in any case, and an error if there are no others.
    """
    return _usable(records, recipe, lost, lambda record: record.answer is not None)


def measurable(task: Task[Any], records: Iterable[Record], recipe: Recipe, lost: Lost) -> Iterator[Record]:
    """The same, with those that a metric of the task has another use for than their answer."""
    return _usable(records, recipe, lost, lambda record: any(metric.asked(record) is not None for metric in task.metrics))


def _usable(records: Iterable[Record], recipe: Recipe, lost: Lost, usable: Callable[[Record], bool]) -> Iterator[Record]:
    used, passed_over = 0, list[Record]()
    for record in records:
        if usable(record):
            used += 1
            yield record
        elif recipe.lossy == "drop":
            lost.add("no answer", record.id)
        elif record.unanswered:
            lost.add(record.unanswered, record.id)
            passed_over = passed_over or [record]
        else:
            raise _no_answer(record)
    if passed_over and not used:
        raise _no_answer(passed_over[0])


def _no_answer(record: Record) -> InputError:
    why = f" ({record.unanswered})" if record.unanswered else ""
    return InputError(
        f"record {record.id or record!r} has no answer to learn from or to measure by{why}; "
        "name its column with --map answer=COLUMN, give it one, or leave such records out with --lossy drop"
    )


def _note(lost: Lost, head: Head, record: Record, *, readable: bool) -> None:
    """Count what keeps the record from a full score, whatever the network may say."""
    if not readable:
        lost.add("unreadable answers", record.id)
    if unsaid := head.unsayable(record):
        lost.add(UNSAYABLE, record.id, unsaid)
    if head.labels and not set(head.labels).issuperset(head.framing.names(record)):
        lost.add("labels that training data did not show", record.id)


def primary(task: Task[Any], net: PreTrainedModel, head: Head, records: Iterable[Record]) -> Scores:
    """The scores by the first metric, without intervals, ceiling or calibration: what training needs to know to keep the best.

    Where answers may be withheld, it is from the thresholds on that suit these very records, as they will once it has ended:
    a reader that is not sure enough yet to answer at all may still have learnt which answers are more probable than others.
    """
    metric, tally = task.metric, Tally(task.metric, replicates=0)
    if metric.of == "likelihood":
        for record, likelihood in likelihoods(net, head, _asked(metric, records), Lost()):
            tally.add(record, likelihood)
    else:
        for record, scored in _at_best_thresholds(metric, head, answers(net, head, _asked(metric, records), Lost())):
            tally.add(record, _said(metric, scored, head.recipe.decoding.n_best))
    return tally.scores()


def _at_best_thresholds(metric: Metric[Any], head: Head, said: Iterable[Answered]) -> Iterator[tuple[Record, Scored]]:
    """The answers, in an order of their own; those that may be withheld are kept until all is said, and then decided about."""
    choices, open_still = _Choices(metric), list[tuple[Record, list[Raw]]]()
    for record, raws, scored in said:
        if raws and choices.add(head.choices(record, raws)):
            open_still.append((record, raws))
        else:
            yield record, scored
    decided = replace(head, calibration=replace(head.calibration, thresholds=choices.thresholds()))
    for record, raws in open_still:
        yield record, decided.answer(record, raws)


@dataclass(frozen=True, slots=True)
class _Choices:
    """What may be said or withheld in records, by the number of the choice that each of them has."""

    metric: Metric[Any]
    alternatives: dict[int, list[Alternatives]] = field(default_factory=dict)

    def add(self, choices: Iterable[Choice]) -> bool:
        """Note the choices of a record, and whether there are any."""
        numbered = list(enumerate(choices))
        for k, choice in numbered:
            given, withheld = (self.metric.count(choice.record, answer) for answer in (choice.given, choice.withheld))
            self.alternatives.setdefault(k, []).append((choice.odds, given, withheld))
        return bool(numbered)

    def thresholds(self) -> tuple[float, ...]:
        """The best threshold of each."""
        return best_thresholds(self.metric, list(self.alternatives.values()))


def _count_confidence(bins: Bins, head: Head, record: Record, raws: list[Raw], temperature: float) -> None:
    units = head.units(record, raws) if raws else None
    if units is None:
        return
    probabilities = softmax(units.log_p, temperature)
    for confidence, chosen, gold in zip(probabilities.max(-1), probabilities.argmax(-1), units.gold, strict=True):
        bins.add(min(float(confidence), 1.0), bool(chosen == gold))


def calibrate(task: Task[Any], net: PreTrainedModel, head: Head, records: Iterable[Record]) -> Calibration:
    """The temperature and thresholds, or for a number the spread of its residuals, that suit the records; free text has none."""
    log_p, gold, residuals = [], [], []
    choices = _Choices(task.metric)
    if not head.closed:
        return head.calibration
    for record, raws, scored in answers(net, head, records, Lost()):
        units = head.units(record, raws) if raws else None
        if units is not None:
            known = units.gold >= 0
            log_p.append(units.log_p[known].astype(float))
            gold.append(units.gold[known])
        elif scored.score is None and isinstance(scored.answer, float):
            residuals.append(scored.answer - record.answer)
        choices.add(head.choices(record, raws) if raws else ())
    sigma = float(np.sqrt(np.mean(np.square(residuals)))) if residuals else None
    return replace(head.calibration, temperature=trusted_temperature(log_p, gold), sigma=sigma, thresholds=choices.thresholds())
