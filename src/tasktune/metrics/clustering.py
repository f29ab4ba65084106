"""How well clusters agree with the labels of what is in them: mutual information, pairs, and the best one-to-one naming.

All three are computed from the table of how many things of each label are in each cluster, and equal scikit-learn's and scipy's.
Things in no cluster count as a cluster of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tasktune.core import Counts, Metric

Floats = npt.NDArray[np.float64]


def _count(record: Any, answer: str | None) -> Counts:
    return {(record.answer, answer): 1}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    table = _table(sums)
    return {"nmi": _mutual_information(table), "ari": _rand_index(table), "accuracy": _accuracy(table)}


def _table(sums: Mapping[Any, Any]) -> Floats:
    """How many things of each label are in each cluster, (replicates, labels, clusters)."""
    labels, clusters = ({name: k for k, name in enumerate(dict.fromkeys(names))} for names in zip(*sums, strict=True))
    table = np.zeros((len(labels), len(clusters), *np.shape(next(iter(sums.values())))))
    for (label, cluster), times in sums.items():
        table[labels[label], clusters[cluster]] = times
    return np.moveaxis(table, -1, 0)


def _mutual_information(table: Floats) -> Floats:
    """Mutual information over the mean of the two entropies, in [0, 1]; 1 where neither parts anything."""
    labels, clusters = _entropy(table.sum(2)), _entropy(table.sum(1))
    shared = labels + clusters - _entropy(table.reshape(len(table), -1))
    mean = (labels + clusters) / 2
    return np.where(mean > 0, np.clip(shared, 0, None) / np.where(mean > 0, mean, 1), 1.0)


def _entropy(times: Floats) -> Floats:
    """The entropy in nats of each row of counts."""
    share = times / times.sum(1, keepdims=True)
    found: Floats = -(share * np.log(np.where(share > 0, share, 1))).sum(1)
    return found


def _rand_index(table: Floats) -> Floats:
    """The share of pairs on which both agree, so that chance gives 0 (Hubert & Arabie 1985)."""
    together, labels, clusters, all_pairs = (
        _pairs(times) for times in (table.reshape(len(table), -1), table.sum(2), table.sum(1), table.sum((1, 2))[:, None])
    )
    chance, most = labels * clusters / np.where(all_pairs > 0, all_pairs, 1), (labels + clusters) / 2
    return np.where(most > chance, (together - chance) / np.where(most > chance, most - chance, 1), 1.0)


def _pairs(times: Floats) -> Floats:
    found: Floats = (times * (times - 1) / 2).sum(1)
    return found


def _accuracy(table: Floats) -> Floats:
    """The share that is right if each cluster is given at most one label and each label one cluster, the best way (Kuhn 1955)."""
    from scipy.optimize import linear_sum_assignment

    right = [each[linear_sum_assignment(each, maximize=True)].sum() for each in table]
    found: Floats = np.array(right) / table.sum((1, 2))
    return found


clustering: Metric[Any] = Metric("clustering", "nmi", _count, _score)
"""Normalised mutual information, adjusted Rand index and accuracy of clusters (answers) against labels."""
