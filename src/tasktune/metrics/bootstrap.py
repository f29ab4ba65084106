"""From counts to scores with a 95 % interval, one record at a time.

The interval is a percentile bootstrap over records. Drawing n records with replacement takes each about Poisson(1) times, so a
replicate need not know n: it gives every record a Poisson(1) weight as the record comes by (Hanley & MacGibbon 2006; Chamandy
et al. 2012), and the sums of all replicates grow side by side. What is held is a sum for each name and replicate, no records.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tasktune.core import Counts, InputError, Metric
from tasktune.scores import Score, Scores

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.uint8]
Sums = defaultdict[Any, npt.NDArray[Any]]

_BLOCK = 256
_TAIL = 0.025


def _poisson_table() -> Times:
    """The Poisson(1) quantiles of 65,536 evenly spaced probabilities: sixteen random bits look up a weight, to 1 in 10^5."""
    cumulative = np.cumsum([math.exp(-1) / math.factorial(k) for k in range(16)])
    return np.searchsorted(cumulative, (np.arange(65536) + 0.5) / 65536).astype(np.uint8)


_POISSON = _poisson_table()


class Tally:
    """Adds up a metric over records.

    The weights of the i-th record depend on `seed` and i alone, so that two tallies over the same records in the same order
    resample them alike (`paired_p`).
    """

    def __init__(self, metric: Metric[Any], replicates: int = 1000, seed: int = 0) -> None:
        self.metric = metric
        self.replicates = replicates
        self.seed = seed
        self.records = 0
        self._sums: Sums = defaultdict(self._nothing)
        self._block: list[Counts] = []
        self._kept: dict[str, list[Any]] = {name: [] for name in metric.kept}

    def add(self, record: Any, answer: Any) -> None:
        """Count `answer` (a `Likelihood`, where the metric is of that) on `record`."""
        amounts = self.metric.count(record, answer)
        for name, values in self._kept.items():
            values.append(amounts[name])
        self._block.append({name: amount for name, amount in amounts.items() if name not in self._kept})
        self.records += 1
        if len(self._block) == _BLOCK:
            self._add_block(self._sums)
            self._block.clear()

    def figures(self) -> Mapping[str, Floats]:
        """Every figure so far, shape (1 + replicates,): the data's own, then the resamples'. An undefined one is nan."""
        return self._figures(self._all_sums())

    def _figures(self, sums: Sums) -> Mapping[str, Floats]:
        with np.errstate(all="ignore"):  # a resample may well leave nothing to divide by
            figures = self.metric.score(sums)
        return {name: np.broadcast_to(figure, 1 + self.replicates).astype(float) for name, figure in figures.items()}

    def scores(self) -> Scores:
        """Every figure so far, with its interval."""
        sums = self._all_sums()
        signatures = self.metric.signatures(sums)  # first: to score may name amounts that no record did
        values = {name: self._score(figure) for name, figure in self._figures(sums).items()}
        return Scores(_primary(self.metric, values), values, self.metric.higher_is_better, signatures)

    def _all_sums(self) -> Sums:
        sums = self._sums.copy()
        self._add_block(sums)
        if self._kept:
            sums |= {name: np.fromiter(values, object, len(values)) for name, values in self._kept.items()}
            sums["times"] = self._all_times()
        return sums

    def _score(self, figure: Floats) -> Score:
        drawn = np.sort(figure[1:][~np.isnan(figure[1:])])
        if self.records < 2 or not len(drawn):
            return Score(float(figure[0]), math.nan, math.nan)
        low, high = (drawn[math.ceil(share * len(drawn)) - 1] for share in (_TAIL, 1 - _TAIL))
        return Score(float(figure[0]), float(low), float(high))

    def _nothing(self) -> Floats:
        return np.zeros(1 + self.replicates)

    def _times(self, block: int) -> Times:
        """How often the data itself (once) and each resample take the records of a block, shape (1 + replicates, block)."""
        bits = np.random.default_rng([self.seed, block]).integers(65536, size=(_BLOCK, self.replicates), dtype=np.uint16)
        times = np.ones((1 + self.replicates, _BLOCK), np.uint8)
        times[1:] = _POISSON[bits].T
        return times

    def _all_times(self) -> Times:
        blocks = range(1 + self.records // _BLOCK)
        return np.hstack([self._times(block) for block in blocks])[:, : self.records]

    def _add_block(self, sums: Sums) -> None:
        """Add the open block to `sums`."""
        names = list(dict.fromkeys(name for amounts in self._block for name in amounts))
        if not names:
            return
        table = np.array([[amounts.get(name, 0.0) for name in names] for amounts in self._block], dtype=float)
        times = self._times((self.records - 1) // _BLOCK)[:, : len(self._block)]
        for name, added in zip(names, _weighted(times, table).T, strict=True):
            sums[name] = sums[name] + added


def _primary(metric: Metric[Any], figures: Mapping[str, Any]) -> str:
    """The figure that decides: the metric's own, or where the data have no such one, the first of those they have."""
    return metric.primary if metric.primary in figures else next(iter(figures), metric.primary)


def _weighted(times: Times, table: Floats) -> Floats:
    """The sums of (replicates, records) times (records, names): a record that was not drawn adds nothing, be it infinite."""
    finite = np.isfinite(table)
    sums: Floats = times.astype(float) @ np.where(finite, table, 0.0)
    for record, name in np.argwhere(~finite):
        sums[:, name] += np.where(times[:, record] > 0, table[record, name], 0.0)
    return sums


def paired_p(a: Tally, b: Tally) -> float:
    """The two-sided p of the difference between two systems' primary figures on the same records, by paired bootstrap.

    It is how often the difference strays from its mean, over resamples, by at least as much as was seen (Riezler & Maxwell
    2005, as sacrebleu has it). Raises `InputError` where the tallies are not of the same metric, records and resamples.
    """
    one, other = ((t.metric.name, t.records, t.replicates, t.seed) for t in (a, b))
    if one != other:
        raise InputError(
            f"only systems scored alike can be compared; these are (metric, records, replicates, seed) {one}, {other}"
        )
    one_figures, other_figures = a.figures(), b.figures()
    primary = _primary(a.metric, one_figures)
    differences = one_figures[primary] - other_figures[primary]
    seen, drawn = differences[0], differences[1:][~np.isnan(differences[1:])]
    if math.isnan(seen) or not len(drawn):
        return math.nan
    strays = np.abs(drawn - drawn.mean()) >= abs(seen)
    return float((1 + strays.sum()) / (1 + len(drawn)))
