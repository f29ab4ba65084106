"""From where on an answer had better be given: the threshold on its odds that is best by a task's own figure.

SQuAD 2.0's script looks for it in the same way (`find_best_thresh`): the questions are put in the order of their odds, and the
cut is where answering all before and none behind scores best.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tasktune.core import Counts, Metric

ALWAYS = -1e9
"""The threshold that no answer fails."""

_SAME = 1e-12  # figures nearer to each other than that differ by rounding

Alternatives = tuple[float, Counts, Counts]
"""The odds of an answer, and what the record adds to a metric if it is given, and if it is withheld."""


def best_threshold(metric: Metric[Any], alternatives: Iterable[Alternatives]) -> tuple[float, float]:
    """The threshold with the best primary figure, and that figure; of several equally good, the one nearest to 0.

    It lies midway between the last odds that are answered and the first that are not; where no answer does harm, it is `ALWAYS`.
    Where there is nothing to go by, it is 0 and the figure nan.
    """
    ordered = sorted(alternatives, key=lambda each: -each[0])
    if not ordered:
        return 0.0, float("nan")
    odds = np.array([each[0] for each in ordered])
    figures = np.broadcast_to(metric.score(_sums(ordered))[metric.primary], len(ordered) + 1)
    thresholds = np.concatenate([[odds[0] + 1.0], (odds[:-1] + odds[1:]) / 2, [ALWAYS]])
    possible = np.concatenate([[True], odds[:-1] > odds[1:], [True]]) & ~np.isnan(figures)  # equal odds are not parted
    if not possible.any():
        return 0.0, float("nan")
    signed = figures if metric.higher_is_better else -figures
    if (np.diff(signed) > -_SAME).all():
        return ALWAYS, float(figures[-1])
    best = np.flatnonzero(possible & (signed > signed[possible].max() - _SAME))
    chosen = min(best, key=lambda cut: abs(thresholds[cut]))
    return float(thresholds[chosen]), float(figures[chosen])


def _sums(ordered: Sequence[Alternatives]) -> dict[Any, Any]:
    """The metric's sums at each cut, (records + 1,): with the answers before it given and those behind it withheld."""
    names = dict.fromkeys(name for _, given, withheld in ordered for name in (*given, *withheld))
    return {name: _cuts([(given.get(name, 0), withheld.get(name, 0)) for _, given, withheld in ordered]) for name in names}


def _cuts(amounts: Sequence[tuple[float, float]]) -> Any:
    given, withheld = np.array(amounts, dtype=float).T
    return withheld.sum() + np.concatenate([[0.0], np.cumsum(given - withheld)])
