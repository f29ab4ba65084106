"""Several labels at once: each said from a threshold of its own, which the dev split sets and the model keeps."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import tasktune as tt
from cases import example, untrained
from tasktune.heads.base import Calibration
from tasktune.models import evaluation
from tasktune.models.evaluation import calibrate, measure, primary
from tasktune.models.inference import UNANSWERED, Answered
from tasktune.models.model import Model


@pytest.fixture
def model(tiny: Callable[[str], Path]) -> Model:
    return untrained(tt.task("multilabel"), tiny("bert"))


def log_p(*odds: float) -> np.ndarray:
    """Log-probabilities of no and yes (L, 2) with these log odds."""
    return np.array([[-np.logaddexp(0, of), of - np.logaddexp(0, of)] for of in odds])


def test_each_label_is_said_from_its_own_threshold_on(model: Model) -> None:
    assert model.head.labels == ("business", "politics", "sport")
    (record, *_) = example("multilabel")
    said = [log_p(-1.0, 0.5, 3.0)]
    assert model.head.answer(record, said).answer == ("politics", "sport")
    moved = replace(model.head, calibration=Calibration(thresholds=(-2.0, 1.0, 2.0)))
    scored = moved.answer(record, said)
    assert scored.answer == ("business", "sport")
    assert scored.scores == pytest.approx((1 / (1 + np.e), 1 / (1 + np.exp(-3))))
    assert scored.score == pytest.approx(scored.scores[0] * scored.scores[1] * (1 - 1 / (1 + np.exp(-0.5))))


def test_tuned_thresholds_never_lower_the_score_and_are_kept_with_their_labels(model: Model, tmp_path: Path) -> None:
    records = example("multilabel")
    tuned = model.calibrated(calibrate(model.task, model.net, model.head, records))
    assert len(tuned.head.calibration.thresholds) == len(tuned.head.labels)
    plain, better = (measure(m.task, m.net, m.head, records).scores.main.value for m in (model, tuned))
    assert better >= plain or np.isnan(plain)
    assert primary(model.task, model.net, model.head, records).main.value == better
    loaded = tt.load(tuned.save(tmp_path / "model"))
    assert loaded.head.calibration == tuned.head.calibration
    assert dict(zip(loaded.head.labels, loaded.head.calibration.thresholds, strict=True)) == dict(
        zip(tuned.head.labels, tuned.head.calibration.thresholds, strict=True)
    )
    assert [one.answer for one in loaded.predict(records)] == [one.answer for one in tuned.predict(records)]


def test_a_rare_label_is_said_from_where_its_own_f1_is_best(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two records without it have higher odds than the one that bears it: for micro-F1 it had better not be said at all."""
    bearing, *others = (replace(record, answer=("sport",), id=f"r{k}") for k, record in enumerate(example("multilabel") * 3))
    records = [replace(bearing, answer=("politics", "sport")), *others]
    rare = {record.id: odds for record, odds in zip(records, (-3.0, -2.9, -2.9, *[-9.0] * 9), strict=True)}

    def said(*_: object) -> Iterator[Answered]:
        yield from ((record, [log_p(-9.0, rare[record.id], 3.0)], UNANSWERED) for record in records)

    monkeypatch.setattr(evaluation, "answers", said)
    calibration = calibrate(model.task, model.net, model.head, records)
    assert calibration.thresholds[1] == pytest.approx(-6.0)
