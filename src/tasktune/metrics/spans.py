"""Scores of spans and of word tags.

`span_f1` counts as conlleval does (Tjong Kim Sang 2000): a span is right if its start, end and label all are. Answers are spans
in characters, whatever scheme (IOB1, BIO, IOBES …) the data was tagged in. An answer of `None` says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasktune.answers import Span, WordTag
from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import by_name, count, in_all, ratio


def _label(span: Span) -> str:
    return span.label


def _count_spans(record: Any, answer: tuple[Span, ...] | None) -> Counts:
    return count(record.answer, answer or (), name=_label)


def _score_spans(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    labels = by_name(sums)
    total = in_all(labels.values())
    whole = {"f1": total.f1, "precision": total.precision, "recall": total.recall}
    return whole | {f"f1/{name}": label.f1 for name, label in labels.items()}


span_f1: Metric[Any] = Metric("span_f1", "f1", _count_spans, _score_spans)
"""Exact spans and labels: f1, precision, recall, and the f1 of each label as `f1/LABEL`."""


def _count_tags(record: Any, answer: tuple[WordTag, ...] | None) -> Counts:
    gold, said = set(record.answer), set(answer or ())
    return {"words": len(gold), "right": len(gold & said), "sentences": 1, "all_right": gold == said}


def _score_tags(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    return {
        "accuracy": ratio(sums["right"], sums["words"]),
        "sentence_accuracy": ratio(sums["all_right"], sums["sentences"]),
    }


tagging_accuracy: Metric[Any] = Metric("tagging_accuracy", "accuracy", _count_tags, _score_tags)
"""Word tags: accuracy over the gold's words (one that the answer leaves out is wrong), and the share of faultless records."""
