"""From where on an answer had better be given: the threshold on its odds that is best by a task's own figure.

SQuAD 2.0's script looks for it in the same way (`find_best_thresh`): the questions are put in the order of their odds, and the
cut is where answering all before and none behind scores best.

Where a record has several such choices, as in multi-label classification, each has a threshold of its own. They are set one after
the other, each to the best that the others allow, until nothing is won any more; no step can lower the figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tasktune.core import Counts, Metric

ALWAYS = -1e9
"""The threshold that no answer fails."""

_SAME = 1e-12  # figures nearer to each other than that differ by rounding
_ROUNDS = 20  # two or three are what it takes

Alternatives = tuple[float, Counts, Counts]
"""The odds of an answer, and what the record adds to a metric if it is given, and if it is withheld."""


def best_threshold(metric: Metric[Any], alternatives: Iterable[Alternatives]) -> tuple[float, float]:
    """The threshold with the best primary figure, and that figure; of several equally good, the one nearest to 0.

    Unless it is 0, it lies midway between the last odds that are answered and the first that are not; where answers do good and
    no harm, it is `ALWAYS`. Where there is nothing to go by, it is 0 and the figure nan.
    """
    return _cuts(alternatives).best(metric, {})


def best_thresholds(metric: Metric[Any], choices: Sequence[Iterable[Alternatives]]) -> tuple[float, ...]:
    """The thresholds of several choices that every record has, as `best_threshold` has them, for the best figure of them all."""
    each = [_cuts(alternatives) for alternatives in choices]
    thresholds = [0.0 for _ in each]
    sums = [cuts.sums_at(0.0) for cuts in each]
    before = -np.inf
    for _ in range(_ROUNDS):
        figure = np.nan
        whole = _added(sums)
        for k, cuts in enumerate(each):
            others = _added([whole, sums[k]], -1)
            thresholds[k], figure = cuts.best(metric, others)
            sums[k] = cuts.sums_at(thresholds[k])
            whole = _added([others, sums[k]])
        signed = figure if metric.higher_is_better else -figure
        if not signed > before + _SAME:
            break
        before = signed
    return tuple(thresholds)


def _added(sums: Sequence[Counts], sign: int = 1) -> dict[Any, float]:
    """The first sums with the others added, or taken off."""
    added = dict(sums[0]) if sums else {}
    for others in sums[1:]:
        for name, amount in others.items():
            added[name] = added.get(name, 0.0) + sign * amount
    return added


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Where answers in the order of their odds (records,) can be cut: those before are given, those behind it are not.

    There are records + 1 cuts, each with a threshold, and the amounts of a metric there.
    """

    odds: np.ndarray[Any, Any]
    thresholds: np.ndarray[Any, Any]
    sums: Mapping[Any, np.ndarray[Any, Any]]

    def sums_at(self, threshold: float) -> dict[Any, float]:
        """The amounts where answers are given from a threshold on."""
        cut = int((self.odds >= threshold).sum())
        return {name: float(amounts[cut]) for name, amounts in self.sums.items()}

    def best(self, metric: Metric[Any], others: Counts) -> tuple[float, float]:
        """The best threshold and its figure, beside the amounts of other choices."""
        named = {name: others.get(name, 0.0) + self.sums.get(name, 0.0) for name in {*others, *self.sums}}
        amounts = defaultdict(float, named)  # one that no record names is 0
        with np.errstate(divide="ignore", invalid="ignore"):  # a figure may be undefined at a cut
            scored = metric.score(amounts)[metric.primary] if named else np.nan
        figures = np.broadcast_to(scored, len(self.thresholds))
        parted = np.ones(len(figures), dtype=bool)
        parted[1:-1] = self.odds[:-1] > self.odds[1:]  # equal odds are not parted
        possible = parted & ~np.isnan(figures)
        if not possible.any():
            return 0.0, float("nan")
        signed = figures if metric.higher_is_better else -figures
        if (np.diff(signed) > -_SAME).all() and signed[-1] > signed[0] + _SAME:
            return ALWAYS, float(figures[-1])
        best = np.flatnonzero(possible & (signed > signed[possible].max() - _SAME))
        chosen = min(best, key=lambda cut: abs(self.thresholds[cut]))
        return float(self.thresholds[chosen]), float(figures[chosen])


def _cuts(alternatives: Iterable[Alternatives]) -> _Cuts:
    ordered = sorted(alternatives, key=lambda each: -each[0])
    odds = np.array([each[0] for each in ordered])
    above, below = np.concatenate([odds[:1] + 2.0, odds]), np.concatenate([odds, odds[-1:] - 2.0])
    thresholds = np.where((below < 0) & (above >= 0), 0.0, (above + below) / 2)
    if ordered:
        thresholds[0], thresholds[-1] = max(thresholds[0], 0.0), min(thresholds[-1], 0.0)
    names = dict.fromkeys(name for _, given, withheld in ordered for name in (*given, *withheld))
    sums = {name: _at_cuts([(given.get(name, 0), withheld.get(name, 0)) for _, given, withheld in ordered]) for name in names}
    return _Cuts(odds, thresholds if ordered else np.zeros(1), sums)


def _at_cuts(amounts: Sequence[tuple[float, float]]) -> Any:
    given, withheld = np.array(amounts, dtype=float).T
    return withheld.sum() + np.concatenate([[0.0], np.cumsum(given - withheld)])
