"""Scores of relations between a pair, as the official scorer of SemEval-2010 task 8 (version 1.2) counts them.

A relation and its direction, `Cause-Effect(e2,e1)`, is right only with both, but precision, recall and F1 are those of the
relation. The labels for "none of them" (`NONE`) are no relation: they are left out of both averages, and so are relations that
the gold does not show. An answer of `None` says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import by_name, count, in_all, mean_of_defined, ratio

NONE = frozenset({"other", "_other", "none", "na", "n/a", "no_relation", "no relation"})
"""What data call a pair without a relation, in lower case."""


def _relation(label: str) -> str:
    """The relation of a label, without its direction."""
    return label.removesuffix("(e1,e2)").removesuffix("(e2,e1)")


def _count(record: Any, answer: str | None) -> Counts:
    said = () if answer is None else (answer,)
    return {"records": 1, "right": record.answer == answer, **count((record.answer,), said, name=_relation)}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    import numpy as np

    shown = [found for name, found in by_name(sums).items() if name.lower() not in NONE and np.any(found.gold)]
    whole = in_all(shown)
    return {
        "macro_f1": mean_of_defined([np.where(found.gold > 0, found.f1, np.nan) for found in shown]),
        "micro_f1": whole.f1,
        "accuracy": ratio(sums["right"], sums["records"]),
    }


relation_f1: Metric[Any] = Metric("relation_f1", "macro_f1", _count, _score)
"""One relation a pair: macro_f1 (the official score), micro_f1, and accuracy with direction, "none" included."""
