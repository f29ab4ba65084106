"""A number comes with an interval that holds the truth about as often as it says, on records that did not make it."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from cases import untrained
from tasktune.models.evaluation import calibrate
from tasktune.tasks import task
from tasktune.tasks.regression import Regression


@pytest.mark.parametrize("spread", [0.3, 20.0])
def test_an_interval_holds_the_truth_on_another_split(spread: float, tiny: Callable[[str], Path]) -> None:
    chance = Random(8)
    model = untrained(task("regression"), tiny("bert"))
    texts = [" ".join(chance.choices(("Ada", "sleeps", "in", "the", "park", "team"), k=5)) for _ in range(600)]
    said = [prediction.answer for prediction in model.predict(texts)]
    records = [Regression(text=text, answer=number + chance.gauss(0, spread)) for text, number in zip(texts, said, strict=True)]
    tuned = model.calibrated(calibrate(model.task, model.net, model.head, records[:300]))
    assert tuned.head.calibration.sigma == pytest.approx(spread, rel=0.1)
    intervals = [prediction.scored.interval for prediction in tuned.predict(records[300:])]
    held = [low <= record.answer <= high for (low, high), record in zip(intervals, records[300:], strict=True)]
    assert 0.9 <= sum(held) / len(held) <= 0.99
