"""How well instructions are followed, of which rules can tell: IFEval's four figures (Zhou et al. 2023)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio
from tasktune.metrics.instructions import follows, follows_loosely

FIGURES = ("prompt_strict", "instruction_strict", "prompt_loose", "instruction_loose")


def _count(record: Any, answer: str | None) -> Counts:
    strict = [follows(answer or "", asked) for asked in record.instructions]
    loose = [now or follows_loosely(answer or "", asked) for now, asked in zip(strict, record.instructions, strict=True)]
    followed = (all(strict), sum(strict), all(loose), sum(loose))
    return {"prompts": 1, "instructions": len(strict), **dict(zip(FIGURES, followed, strict=True))}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    return {name: ratio(sums[name], sums[f"{name.partition('_')[0]}s"]) for name in FIGURES}


def _if_instructed(record: Any) -> Any:
    return record if record.instructions else None


following: Metric[Any] = Metric("following", "prompt_strict", _count, _score, asked=_if_instructed)
"""The shares of prompts all of whose instructions are followed, and of instructions that are, strictly and loosely.

It looks at records that have `instructions`, whether they have an answer of their own or not.
"""
