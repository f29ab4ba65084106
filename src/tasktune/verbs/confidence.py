"""How sure an answer from documents is, and from where on it is given.

Two things are known before anybody judges an answer: how well its best passage was found, and how probable the model thought its
words (the mean log p of its tokens). A logistic regression of the two, learnt on questions with answers, makes a probability of
them; the threshold is the one that is best by the task's own figure there (`metrics.threshold`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import exp
from pathlib import Path
from typing import Any, Self, final

import numpy as np

from tasktune.core import InputError
from tasktune.passages import Hit
from tasktune.readers import write

_STEPS = 50
_PRIOR = 1e-2  # of the weights, so that two answers apart do not make them endless


def best_score(hits: Sequence[Hit]) -> float:
    """The score of the passage that was found best."""
    return max(hit.score for hit in hits)


@final
@dataclass(frozen=True, slots=True)
class Confidence:
    """The log odds of a right answer are `bias + found · best score + told · mean log p`.

    Answers whose odds are below `threshold` are withheld. An answerer that tells no log p has 0 for it.
    """

    bias: float = 0.0
    found: float = 0.0
    told: float = 1.0
    threshold: float = 0.0

    def odds(self, found: float, log_p: float | None) -> float:
        """The log odds that an answer is right, by the score of its best passage and the mean log p of its tokens."""
        return self.bias + self.found * found + self.told * (log_p or 0.0)

    def save(self, path: Path | str) -> None:
        """Write it as JSON."""
        write(str(path), [asdict(self)], "jsonl")

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """What `save` wrote. Raises `InputError` where it is something else."""
        try:
            return cls(**{name: float(value) for name, value in json.loads(Path(path).read_text(encoding="utf-8")).items()})
        except (OSError, ValueError, TypeError, AttributeError) as wrong:
            raise InputError(f"{path} is no confidence as `tasktune evaluate … --calibrate FILE` writes it: {wrong}") from None


def probability(odds: float) -> float:
    """What log odds are as a probability."""
    return 1.0 / (1.0 + exp(-max(-500.0, min(500.0, odds))))


def fitted(known: Sequence[tuple[float, float]], right: Sequence[float]) -> Confidence:
    """The regression of right answers (from 0 to 1) on (best score, mean log p), by Newton's method."""
    given = np.array(known, dtype=float)
    center, scale = given.mean(0), np.where(given.std(0) > 0, given.std(0), 1.0)
    inputs: Any = np.column_stack([np.ones(len(given)), (given - center) / scale])
    weights, target = np.zeros(3), np.array(right, dtype=float)
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (p - target) + _PRIOR * weights
        weights -= np.linalg.solve((inputs.T * (p * (1 - p))) @ inputs + _PRIOR * np.eye(3), slope)
    found, told = weights[1:] / scale
    return Confidence(float(weights[0] - center @ (weights[1:] / scale)), float(found), float(told))
