"""What the command writes of predictions: JSON, and one at a time."""

import json
import math
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tasktune import cli
from tasktune.core import Lost
from tasktune.heads.base import Scored
from tasktune.models.prediction import Prediction
from tasktune.tasks.classification import Classification


def test_what_is_no_number_is_null_and_each_answer_is_out_before_the_next_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    out: list[str] = []

    def answers(*_: object) -> Iterator[Prediction]:
        for text in "ab":
            out.append(capfd.readouterr().out)
            yield Prediction(Classification(text=text), Scored("x", score=math.nan))

    monkeypatch.setattr("tasktune.models.multitask.load", lambda *_: SimpleNamespace(models={}))
    monkeypatch.setattr("tasktune.verbs.slips.before_asking", lambda *_: None)
    monkeypatch.setattr("tasktune.verbs.predict.predict", answers)
    monkeypatch.setattr("tasktune.verbs.show.show_lost", lambda lost: isinstance(lost, Lost))
    monkeypatch.setattr("sys.argv", ["tasktune", "predict", "model", "-"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    out.append(capfd.readouterr().out)
    assert out[0] == ""
    assert [json.loads(line) for line in out[1:]] == [{"text": text, "answer": "x", "score": None} for text in "ab"]


def test_ctrl_c_leaves_with_its_own_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tasktune.verbs.sample.sample", interrupted)
    monkeypatch.setattr("sys.argv", ["tasktune", "sample", "ner", "--out", "x"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 130
