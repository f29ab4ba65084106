"""`tasktune models` tells what there is; `get` brings it and knows when it is broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from tasktune.core import InputError
from tasktune.models import weights
from tasktune.models.named import NAMED, Named
from tasktune.verbs import models as verb


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TASKTUNE_CACHE", str(tmp_path))
    return tmp_path / "models"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made: minilm becomes a model of a few bytes, from nowhere."""
    calls: list[str] = []

    def make(model: Named, work: Path) -> Path:
        calls.append(model.name)
        (work / "made").mkdir()
        (work / "made" / "config.json").write_text('{"model_type": "bert"}')
        save_file({"a": np.zeros(3)}, work / "made" / "model.safetensors")
        return work / "made"

    monkeypatch.setattr(weights, "_make", make)
    return calls


def test_lists_what_there_is_and_what_is_here(made: list[str], cache: Path) -> None:
    assert [model.name for model in verb.models()] == list(NAMED)
    assert {model.family for model in verb.models()} == {"encoder", "decoder", "encoder-decoder"}
    assert all(model.folder is None for model in verb.models())
    verb.get("minilm")
    assert [model.folder for model in verb.models()] == [cache / "minilm", None, None, None]


def test_get_makes_a_broken_model_anew_and_no_other(made: list[str], cache: Path) -> None:
    folder = verb.get("minilm")
    verb.get("minilm")
    assert made == ["minilm"]
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    verb.get("minilm")
    assert made == ["minilm", "minilm"]


def test_get_knows_its_names() -> None:
    with pytest.raises(InputError, match=r"no model named 'bert'; .*: minilm, me5-small, smollm2, minilm2minilm"):
        verb.get("bert")


def test_shows_every_model_within_80_columns(
    made: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    verb.get("smollm2")
    verb.show(verb.models())
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[3].split() == ["smollm2", "decoder", "134.5", "M", "542", "MB", "Apache-2.0", "yes"]
    assert lines[4].split()[-1] == "no"
    assert "SmolLM2-135M-Instruct" in lines[8]
