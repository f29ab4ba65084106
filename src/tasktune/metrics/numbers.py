"""Scores of numbers: Pearson's and Spearman's correlation, and the root mean squared error.

Ranks cannot be had from sums, so gold and answer of every record are kept (80 bytes; 1 kB while the scores are made). Figures
equal scipy's `pearsonr` and `spearmanr` (ties share their mean rank). A correlation with what does not vary is undefined (nan).

An answer that is `None`, or no finite number, counts as the mean of the answers that are: it knows nothing of its record, so
that it pulls a correlation towards 0. The share of records that did get a number is given as `answered`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio


def _count(record: Any, answer: float | None) -> Counts:
    return {"gold": record.answer, "answer": math.nan if answer is None else answer}


def correlations(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    """pearson, spearman, rmse and answered of kept `gold` and `answer`, NaN where there is no number."""
    import numpy as np

    gold, answer, times = sums["gold"].astype(float), sums["answer"].astype(float), sums["times"]
    answered = np.isfinite(answer)
    known = answer[answered]
    answer = np.where(answered, answer, known.mean() if len(known) else math.nan)
    rank_gold, rank_answer = _ranker(gold), _ranker(answer)

    def each(figure: Callable[[Any], Any]) -> Any:
        return np.array([figure(drawn.astype(float)) for drawn in times])

    return {
        "pearson": each(lambda w: _correlation(gold, answer, w)),
        "spearman": each(lambda w: _correlation(rank_gold(w), rank_answer(w), w)),
        "rmse": np.sqrt(each(lambda w: _mean((gold - answer) ** 2, w))),
        "answered": each(lambda w: _mean(answered, w)),
    }


def _mean(values: Any, times: Any) -> Any:
    return ratio(values @ times, times.sum())


def _correlation(x: Any, y: Any, times: Any) -> Any:
    import numpy as np

    drawn = times > 0
    if not (drawn.any() and np.ptp(x[drawn]) and np.ptp(y[drawn])):
        return math.nan
    x, y = x - _mean(x, times), y - _mean(y, times)
    return x * y @ times / np.sqrt((x * x @ times) * (y * y @ times))


def _ranker(values: Any) -> Callable[[Any], Any]:
    """What gives the ranks of `values` where each was drawn so many times: sorted once, for all resamples.

    Equal values share the mean of the ranks that they take up: as many as all smaller ones, and half of their own.
    """
    import numpy as np

    _, group = np.unique(values, return_inverse=True)

    def ranks(times: Any) -> Any:
        size = np.bincount(group, weights=times)
        return (np.cumsum(size) - size / 2)[group]

    return ranks


regression: Metric[Any] = Metric("regression", "pearson", _count, correlations, kept=("gold", "answer"))
"""One number a record: pearson, spearman, rmse, and the share of records answered."""
