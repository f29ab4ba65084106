"""The embedding model that a user names: itself, a tuned one with its own recipe, or any other as it comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from tasktune.core import InputError
from tasktune.models.embedder import embedder
from tasktune.recipe import Recipe

Tiny = Callable[[str], Path]


def test_a_model_that_is_open_is_taken_as_it_is(tiny: Tiny) -> None:
    model = embedder(tiny("bert"), Recipe())
    assert embedder(model, Recipe()) is model
    assert model.embed(["a", "b"]).shape == (2, model.net.config.hidden_size)


def test_one_tuned_for_embedding_runs_by_its_own_recipe(tiny: Tiny, tmp_path: Path) -> None:
    folder = embedder(tiny("bert"), Recipe(batch_size=3)).save(tmp_path / "tuned")
    tuned = embedder(folder, Recipe(batch_size=5))
    assert (tuned.task.name, tuned.head.recipe.batch_size) == ("embedding", 3)


def test_one_without_all_of_its_layers_is_refused(tiny: Tiny, tmp_path: Path) -> None:
    folder = tmp_path / "holed"
    folder.mkdir()
    for file in tiny("bert").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    weights = load_file(folder / "model.safetensors")
    lacking = {name: weight for name, weight in weights.items() if "layer.0." not in name}
    assert len(lacking) < len(weights)
    save_file(lacking, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match="no layers for embedding"):
        embedder(folder, Recipe())
