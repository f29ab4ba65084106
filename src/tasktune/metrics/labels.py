"""Scores of labels: one a record, or several.

Figures equal scikit-learn's `accuracy_score`, `f1_score` and `matthews_corrcoef`, with averages over the labels that gold or
answers show. An answer of `None` (unreadable) is wrong: it misses the gold label and names none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import Agreement, by_name, count, in_all, mean_of_defined, ratio


def _count_one(record: Any, answer: str | None) -> Counts:
    return {"records": 1, **count((record.answer,), () if answer is None else (answer,))}


def _score_one(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    labels = by_name(sums).values()
    records, total = sums["records"], in_all(labels)
    return {
        "accuracy": ratio(total.both, records),
        "macro_f1": mean_of_defined([label.f1 for label in labels]),
        "mcc": _mcc(records, total, labels),
    }


def _mcc(records: Any, total: Agreement, labels: Any) -> Any:
    """Matthews' correlation for many classes (Gorodkin 2004); 0, as in scikit-learn, where gold or answers are all one label."""
    import numpy as np

    unread = records - total.said
    by_chance = sum(label.gold * label.said for label in labels)
    spread_gold = records**2 - sum(label.gold**2 for label in labels)
    spread_said = records**2 - sum(label.said**2 for label in labels) - unread**2
    spread = np.sqrt(spread_gold * spread_said)
    return np.where(spread > 0, (total.both * records - by_chance) / np.where(spread > 0, spread, 1), ratio(0 * records, records))


single_label: Metric[Any] = Metric("single_label", "accuracy", _count_one, _score_one)
"""One label a record: accuracy, macro_f1 and mcc."""


def _is_yes(answer: str | None) -> tuple[str, ...]:
    return ("yes",) if answer == "yes" else ()


def _count_yes(record: Any, answer: str | None) -> Counts:
    return {"records": 1, "right": record.answer == answer, **count(_is_yes(record.answer), _is_yes(answer))}


def _score_yes(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    return {"accuracy": ratio(sums["right"], sums["records"]), "f1": in_all(by_name(sums).values()).f1}


yes_or_no: Metric[Any] = Metric("yes_or_no", "accuracy", _count_yes, _score_yes)
"""Yes or no a record: accuracy, and f1 of yes, GLUE's two figures of MRPC and QQP."""


def _count_many(record: Any, answer: tuple[str, ...] | None) -> Counts:
    return {"records": 1, "exact": answer is not None and set(answer) == set(record.answer), **count(record.answer, answer or ())}


def _score_many(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    labels = by_name(sums).values()
    return {
        "macro_f1": mean_of_defined([label.f1 for label in labels]),
        "micro_f1": in_all(labels).f1,
        "subset_accuracy": ratio(sums["exact"], sums["records"]),
    }


multi_label: Metric[Any] = Metric("multi_label", "macro_f1", _count_many, _score_many)
"""Several labels a record, or none: macro_f1, by which a rare label counts as much as any, micro_f1 and subset_accuracy (exactly
the right set).
"""
