"""How often reasoning comes to the right answer: once, and by the vote of several (self-consistency, Wang et al. 2023).

Answers are the same that say the same, in whatever case and with whatever signs around them; numbers are compared as they are
always spelled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tasktune.answers import Reasoned, folded
from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio


def majority(answers: Sequence[Reasoned | None]) -> int:
    """Which of several answers is the first that says what most of them say."""
    votes = _votes(answers)
    counted = Counter(vote for vote in votes if vote is not None).most_common(1)
    return votes.index(counted[0][0]) if counted else 0


def _votes(answers: Sequence[Reasoned | None]) -> list[str | None]:
    return [None if said is None else folded(said.answer) for said in answers]


def _count(record: Any, said: Sequence[Reasoned | None]) -> Counts:
    gold, votes = folded(record.answer.answer), _votes(said)
    counted = {"records": 1, "right": votes.count(gold) / len(votes)}
    if len(votes) == 1:
        return counted
    elected = votes[majority(said)]
    agreeing = 0.0 if elected is None else votes.count(elected) / len(votes)
    return {**counted, "several": 1, "elected": elected == gold, "agreeing": agreeing, "answers": len(votes)}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    figures = {"accuracy": ratio(sums["right"], sums["records"])}
    if "several" not in sums:
        return figures
    most = round(float(sums["answers"][0] / sums["several"][0]))
    return {
        **figures,
        f"maj@{most}": ratio(sums["elected"], sums["several"]),
        "agreement": ratio(sums["agreeing"], sums["several"]),
    }


reasoning: Metric[Any] = Metric("reasoning", "accuracy", _count, _score, of="answers")
"""The share of answers that are right; where n answers were asked for, over all of them, and with it maj@n, the share of right
majorities, and agreement, the mean share of the answers that say what the majority says."""
