"""Whether a model's confidence can be believed, and the temperature that makes it more believable (Guo et al. 2017)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_COLDEST, _HOTTEST = 0.05, 20.0
_HALVINGS = 40


class Calibration:
    """The expected calibration error over `bins` equal bins of confidence, one answer at a time."""

    def __init__(self, bins: int = 15) -> None:
        self._answers = np.zeros(bins)
        self._confidence = np.zeros(bins)
        self._correct = np.zeros(bins)

    def add(self, confidence: float, correct: bool) -> None:
        """Note an answer's confidence, a probability, and whether the answer was right. Raises `ValueError` beyond [0, 1]."""
        if not 0 <= confidence <= 1:
            raise ValueError(f"a confidence is a probability, from 0 to 1, but is {confidence}")
        bins = len(self._answers)
        at = max(math.ceil(confidence * bins) - 1, 0)  # bins are (lower, upper], the first with its 0, as in the paper
        self._answers[at] += 1
        self._confidence[at] += confidence
        self._correct[at] += correct

    def error(self) -> float:
        """The mean distance between confidence and share correct, over answers; nan where there are none."""
        answers = self._answers.sum()
        return float(np.abs(self._confidence - self._correct).sum() / answers) if answers else math.nan


def fit_temperature(logits: Sequence[Floats], targets: Sequence[npt.NDArray[np.int64]]) -> float:
    """The temperature, from 0.05 to 20, that makes softmax(logits / temperature) give the targets the highest likelihood.

    `logits` are arrays of shape (units, classes), whose number of classes may differ from array to array, `targets` the right
    classes, shape (units,). Likelihood is concave in 1 / temperature, so that bisecting its slope finds the one best value.
    Where there is nothing to learn from, it is 1.
    """
    if not sum(map(len, targets)):
        return 1.0
    low, high = 1 / _HOTTEST, 1 / _COLDEST
    for _ in range(_HALVINGS):
        middle = math.sqrt(low * high)
        if sum(_slope(z, y, middle) for z, y in zip(logits, targets, strict=True)) > 0:
            low = middle
        else:
            high = middle
    return 1 / math.sqrt(low * high)


def trusted_temperature(logits: Sequence[Floats], targets: Sequence[npt.NDArray[np.int64]]) -> float:
    """`fit_temperature`, where temperatures fitted on either half of the arrays suit the other half better than 1 does; else 1.

    What a few answers call for may be the very opposite of what the next ones do.
    """
    halves = [(logits[k::2], targets[k::2]) for k in (0, 1)]
    crossed = [fit_temperature(*half) for half in halves[::-1]]
    fitted, plain = (
        sum(_log_likelihood(z, y, 1 / t) for half, t in zip(halves, at, strict=True) for z, y in zip(*half, strict=True))
        for at in (crossed, (1.0, 1.0))
    )
    return fit_temperature(logits, targets) if fitted > plain else 1.0


def _log_likelihood(logits: Floats, targets: npt.NDArray[np.int64], sharpness: float) -> float:
    raised = sharpness * (logits - logits.max(axis=-1, keepdims=True))
    return float((raised[np.arange(len(targets)), targets] - np.log(np.exp(raised).sum(axis=-1))).sum())


def _slope(logits: Floats, targets: npt.NDArray[np.int64], sharpness: float) -> float:
    """The slope of the log-likelihood in 1 / temperature: the targets' logits less the logits that are expected."""
    logits = logits - logits.max(axis=-1, keepdims=True)
    weights = np.exp(sharpness * logits)
    possible = np.where(weights > 0, logits, 0)  # a class that cannot be has -inf, and 0 * -inf would be nan
    expected = (weights * possible).sum(axis=-1) / weights.sum(axis=-1)
    return float((logits[np.arange(len(targets)), targets] - expected).sum())
