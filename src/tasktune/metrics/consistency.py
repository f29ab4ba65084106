"""Accuracy and consistency of judgements, as NLVR has them (Suhr et al. 2017): of how many sentences all is judged right.

A sentence that is said of several pictures can be right of one by chance; it counts for consistency if it is right of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio


def _count(record: Any, answer: str | None) -> Counts:
    right = record.answer == answer
    return {"records": 1, "right": right, "sentence": record.sentence, "judged": right}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    import numpy as np

    places: defaultdict[str, list[int]] = defaultdict(list)
    for k, sentence in enumerate(sums["sentence"]):
        places[sentence].append(k)
    all_right = np.array([all(sums["judged"][k] for k in several) for several in places.values()], dtype=float)
    times = sums["times"][:, [several[0] for several in places.values()]].astype(float)
    return {"accuracy": ratio(sums["right"], sums["records"]), "consistency": ratio(times @ all_right, times.sum(1))}


consistency: Metric[Any] = Metric("consistency", "accuracy", _count, _score, kept=("sentence", "judged"))
"""accuracy, and consistency over the sentences. An answer of `None` is wrong."""
