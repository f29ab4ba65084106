"""8-bit weights are near the weights they stand for, say the same, and are used only if they do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers.pytorch_utils import Conv1D

import tasktune as tt
from cases import example, untrained, with_options
from tasktune.models import quantised
from tasktune.models.model import Model
from tasktune.models.quantised import Int8Linear, is_quantised, quantise

MODELS = (
    ("chat", "llama"),
    ("ner", "gpt2"),
    ("ner", "t5"),
    ("nli", "bart"),
    ("nli", "bert"),
    ("ner", "modernbert"),
    ("question-answering", "bert"),
)


@pytest.fixture
def model(request: pytest.FixtureRequest, tiny: Callable[[str], Path]) -> Model:
    name, kind = request.param
    return untrained(tt.task(name), tiny(kind))


each_model = pytest.mark.parametrize("model", MODELS, indirect=True, ids="-".join)


@pytest.mark.parametrize("rows", [1, 2, 5, 300])
@pytest.mark.parametrize("inputs", [96, 100, 17])
@pytest.mark.parametrize("bias", [True, False])
def test_a_layer_does_what_its_rounded_weights_do(rows: int, inputs: int, bias: bool) -> None:
    torch.manual_seed(0)
    exact = torch.nn.Linear(inputs, 1100, bias=bias)
    layer, given = Int8Linear(exact.weight.detach(), exact.bias), torch.randn(2, rows, inputs)
    rounded = layer.weight * layer.scale[:, None]
    assert ((rounded - exact.weight).abs() <= layer.scale[:, None] * 0.501).all()
    expected = torch.nn.functional.linear(given, rounded, exact.bias)
    assert layer(given).shape == expected.shape
    torch.testing.assert_close(layer(given), expected, rtol=2e-2, atol=2e-2)


@each_model
def test_what_says_the_same_is_given_8_bit_weights(model: Model) -> None:
    records = example(model.task.name)
    before = with_options(model, max_new_tokens=4).predict(records)
    quantise(model.net, model.head, records)
    assert is_quantised(model.net)
    assert not any(isinstance(layer, torch.nn.Linear | Conv1D) for layer in model.net.modules())
    after = with_options(model, max_new_tokens=4).predict(records)
    assert [p.score for p in after] == pytest.approx([p.score for p in before], abs=0.1)


@each_model
def test_what_would_say_something_else_keeps_its_weights(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantised, "ALLOWED", 0.0)
    own = {name: weight.clone() for name, weight in model.net.state_dict().items()}
    with pytest.warns(UserWarning, match="8-bit weights would change what the model says"):
        quantise(model.net, model.head, example(model.task.name))
    assert all(torch.equal(weight, own[name]) for name, weight in model.net.state_dict().items())


def test_8_bit_weights_answer_and_are_neither_saved_nor_trained(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    untrained(tt.task("nli"), tiny("bert")).save(tmp_path / "own")
    light = tt.load(tmp_path / "own", {"precision": "int8"})
    assert is_quantised(light.net)
    with pytest.raises(tt.InputError, match="saved with its own weights"):
        light.save(tmp_path / "light")
    with pytest.raises(tt.InputError, match="learns nothing"):
        tt.fit("nli", example("nli"), model=str(tiny("bert")), recipe=tt.Recipe(precision="int8"))


@pytest.mark.parametrize("name", ["dependency-parsing", "opinion-triplets", "embedding"])
def test_what_says_no_distributions_is_refused_in_words(name: str, tiny: Callable[[str], Path]) -> None:
    model = untrained(tt.task(name), tiny("bert"))
    with pytest.raises(tt.InputError, match="int8 is not there for models that parse, link or embed"):
        quantise(model.net, model.head, example(name))
