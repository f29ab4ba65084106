"""Folders are sentence-transformers' both ways: what is saved gives it the same vectors, what it wrote is opened as it pools."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tasktune as tt
from cases import untrained, with_options
from tasktune.core import InputError
from tasktune.heads.pooling import Pooling
from tasktune.models.model import Model
from tasktune.models.sentence_modules import filled_in, read_pooling, write_modules
from tasktune.recipe import Recipe
from tasktune.verbs.slips import before_asking

TEXTS = ["Ada wrote to me.", "the bees fly home " * 9, "", "北京 👍"]


@pytest.fixture
def model(tiny: Callable[[str], Path]) -> Model:
    return untrained(tt.task("embedding"), tiny("bert"), Recipe())


def peer(folder: Path) -> Any:
    """What sentence-transformers makes of a folder."""
    sentence_transformers = pytest.importorskip("sentence_transformers")
    return sentence_transformers.SentenceTransformer(str(folder), device="cpu", local_files_only=True)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.parametrize(
    "pooling",
    [
        Pooling(),
        Pooling("cls", normalize=False),
        Pooling("max", prompts=(("query", "ask: "), ("document", "told: "), ("", "so: "))),
        Pooling("lasttoken"),
    ],
    ids=lambda pooling: pooling.mode,
)
def test_what_is_saved_gives_sentence_transformers_the_same_vectors(model: Model, pooling: Pooling, tmp_path: Path) -> None:
    ours = replace(model, head=replace(model.head, pooling=pooling))
    folder = ours.save(tmp_path / "model")
    theirs = peer(folder)
    np.testing.assert_allclose(theirs.encode(TEXTS), ours.embed(TEXTS), atol=1e-5)
    np.testing.assert_allclose(theirs.encode_query(TEXTS), ours.embed(TEXTS, "query"), atol=1e-5)
    np.testing.assert_allclose(theirs.encode_document(TEXTS), ours.embed(TEXTS, "document"), atol=1e-5)
    np.testing.assert_allclose(tt.load(folder).embed(TEXTS, "query"), ours.embed(TEXTS, "query"), atol=1e-6)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_shorter_vectors_are_the_same_as_the_card_says(model: Model, tmp_path: Path) -> None:
    ours = with_options(model, dimensions=8)
    folder = ours.save(tmp_path / "model")
    theirs = peer(folder)
    card = (folder / "README.md").read_text("utf-8")
    assert f"`encode(texts, normalize_embeddings=True)`. Of a text longer than {ours.head.max_length} tokens" in card
    np.testing.assert_allclose(theirs.encode(TEXTS, normalize_embeddings=True), ours.embed(TEXTS), atol=1e-5)
    assert theirs.encode(TEXTS, truncate_dim=16).shape == (4, 16)
    np.testing.assert_allclose(tt.load(folder).embed(TEXTS), ours.embed(TEXTS), atol=1e-6)
    again = untrained(tt.task("embedding"), folder, Recipe())
    assert (again.head.recipe.dimensions, again.embed(TEXTS).shape) == (8, (4, 8))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.parametrize("mode", ["cls", "mean"])
def test_what_sentence_transformers_wrote_is_opened_as_it_pools(tiny: Callable[[str], Path], mode: str, tmp_path: Path) -> None:
    theirs = peer(tiny("bert"))
    theirs[1].pooling_mode = mode
    theirs.prompts = {"query": "ask: ", "passage": "told: "}
    theirs.save(str(tmp_path / "theirs"))
    ours = untrained(tt.task("embedding"), tmp_path / "theirs", Recipe())
    assert ours.head.pooling == Pooling(mode, False, (("query", "ask: "), ("document", "told: ")))
    np.testing.assert_allclose(ours.embed(TEXTS), theirs.encode(TEXTS), atol=1e-5)
    np.testing.assert_allclose(ours.embed(TEXTS, "document"), theirs.encode_document(TEXTS), atol=1e-5)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    pooling = Pooling("cls", False, (("query", "q"), ("document", "d")))
    write_modules(tmp_path, pooling, 32, 100)
    assert read_pooling(tmp_path, "encoder", Recipe()) == pooling
    assert filled_in(tmp_path, Recipe()) == Recipe(max_length=100)
    assert read_pooling(tmp_path, "encoder", Recipe(prompts=("x", "y"))).prompts == (("query", "x"), ("document", "y"))


@pytest.mark.parametrize(("family", "mode"), [("encoder", "mean"), ("decoder", "lasttoken")])
def test_a_checkpoint_that_says_nothing_is_pooled_as_its_family_is(tmp_path: Path, family: Any, mode: str) -> None:
    assert read_pooling(tmp_path, family, Recipe()) == Pooling(mode, True)
    assert filled_in(tmp_path, Recipe()) == Recipe()


def broken(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    path = folder / name
    path.write_text(json.dumps(change(json.loads(path.read_text(encoding="utf-8")))), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "modules.json",
            lambda given: [*given, {**given[1], "type": "x.Dense"}],
            "the modules Transformer, Pooling, Normalize, Dense",
        ),
        ("modules.json", lambda given: [{**given[0], "path": "0_Transformer"}, *given[1:]], "a Transformer beside that file"),
        ("1_Pooling/config.json", lambda given: {"pooling_mode": "weightedmean"}, "pools by weightedmean.*known are mean, cls"),
        ("1_Pooling/config.json", lambda given: {**given, "include_prompt": False}, "prompt included: False"),
    ],
)
def test_modules_that_are_not_run_are_refused(tmp_path: Path, name: str, change: Any, said: str) -> None:
    write_modules(tmp_path, Pooling(), 32, 100)
    broken(tmp_path, name, change)
    with pytest.raises(InputError, match=said):
        read_pooling(tmp_path, "encoder", Recipe())


def test_the_checkpoint_says_how_long_a_text_may_be(model: Model, tiny: Callable[[str], Path], tmp_path: Path) -> None:
    short = replace(model, head=replace(model.head, max_length=40))
    folder = short.save(tmp_path / "model")
    assert untrained(tt.task("embedding"), folder, Recipe()).head.max_length == 40
    assert untrained(tt.task("embedding"), folder, Recipe(max_length=100)).head.max_length == 100


def test_what_sentence_transformers_made_is_a_model_as_it_stands(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    shutil.copytree(tiny("bert"), folder)
    with pytest.raises(InputError, match="is no model tuned by tasktune"):
        tt.load(folder)
    write_modules(folder, Pooling("cls"), 32, 100)
    before_asking(folder, {"dimensions": 8}, "-", {}, None, None)
    model = tt.load(folder, {"dimensions": 8})
    assert (model.task.name, model.head.pooling.mode, model.head.max_length) == ("embedding", "cls", 100)
    assert model.embed(TEXTS).shape == (4, 8)
    assert set(tt.evaluate(model, [{"text": "a", "pair": "b", "score": k} for k in range(3)]).scores.values) == {
        "spearman",
        "pearson",
    }
