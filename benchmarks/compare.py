"""Both sides scored by one metric on the same records, and how sure their difference is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from sides import Plan
from tasktune.core import Likelihood, Lost, Metric, Task
from tasktune.datasets import records
from tasktune.framings import Extract, Labels, Tags, Text
from tasktune.metrics.bootstrap import Tally, paired_p


def metric_of(task: Task[Any]) -> Metric[Any]:
    """The task's own; but bits per character, not perplexity, where the sides may cut a text into different tokens."""
    return replace(task.metric, primary="bits_per_character") if task.metric.of == "likelihood" else task.metric


def tallied(plan: Plan, answers: Iterable[Any]) -> Tally:
    """The metric, with answers (or likelihoods) to the dev records in their order."""
    metric = metric_of(plan.task)
    tally = Tally(metric)
    for record, answer in zip(plan.records(plan.dev), answers, strict=True):
        tally.add(record, (answer,) if metric.of == "answers" else answer)
    return tally


def own_answers(plan: Plan) -> list[Any]:
    """What `tasktune predict` wrote, read as records whose answer is the prediction; likelihoods from the model itself."""
    if plan.task.metric.of != "likelihood":
        return [record.answer for record in records(plan.task, str(plan.folder / "answers.jsonl"), format="jsonl")]
    from tasktune.models.inference import likelihoods
    from tasktune.models.model import load

    model = load(plan.folder / "model")
    return [found for _, found in likelihoods(model.net, model.head, plan.records(plan.dev), Lost())]


def plain_answers(plan: Plan, said: Iterable[Any]) -> list[Any]:
    """What the plain script said, as the task's answers."""
    framing = plan.task.framing(plan.family)
    labels = framing.inventory(name for record in plan.records(plan.train) for name in framing.names(record))
    return [_answer(plan, framing, labels, *pair) for pair in zip(plan.records(plan.dev), said, strict=True)]


def _answer(plan: Plan, framing: Any, labels: Labels, record: Any, said: Any) -> Any:
    if plan.task.metric.of == "likelihood":
        from tasktune.heads.prompts import characters

        return Likelihood(said["nats"], said["tokens"], characters(framing, record))
    match framing:
        case Tags():
            return framing.read(record, tuple(said), labels)
        case Extract():
            return framing.read(record, tuple(said) if said else None, labels)
        case Text(closed=True):
            named = {label.casefold(): label for label in labels}  # a lower-casing model cannot write capitals
            return named.get(said.strip().casefold())
        case Text():
            return framing.read(record, said.removeprefix(framing.separator), labels)
        case _:
            return framing.read(record, tuple(said) if isinstance(said, list) else said, labels)


def compared(plan: Plan, ours: dict[str, Any], plain: dict[str, Any]) -> dict[str, Any]:
    """Both primary scores with their intervals, the p of the difference, and whether predictions score as `evaluate` says."""
    mine, theirs = tallied(plan, own_answers(plan)), tallied(plan, plain_answers(plan, plain.pop("answers")))
    scores = {"tasktune": mine.scores(), "trainer": theirs.scores()}
    metric = metric_of(plan.task)
    evaluated = ours["evaluation"]["scores"][metric.primary]["value"]
    return {
        "primary": metric.primary,
        "higher_is_better": metric.higher_is_better,
        "scores": {side: {name: finite(asdict(s)) for name, s in each.values.items()} for side, each in scores.items()},
        "p": paired_p(mine, theirs),
        "predict_scores_as_evaluate": agree(scores["tasktune"].main.value, evaluated),
    }


def told(plan: Plan, ours: dict[str, Any]) -> dict[str, Any]:
    """What `evaluate` says of a run that goes alone."""
    metric = plan.task.metric
    return {
        "primary": metric.primary,
        "higher_is_better": metric.higher_is_better,
        "scores": {"tasktune": ours["evaluation"]["scores"]},
        "p": None,
        "predict_scores_as_evaluate": True,
    }


def finite(numbers: dict[str, float]) -> dict[str, float | None]:
    return {name: x if math.isfinite(x) else None for name, x in numbers.items()}


def agree(one: float, other: float | None) -> bool:
    """Whether two figures are one, or neither is a number."""
    return not math.isfinite(one) if other is None else math.isclose(one, other, rel_tol=1e-4)
