"""A recipe is written as TOML and read back, and what it cannot mean is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasktune import recipe as recipes
from tasktune.core import FamilyName, InputError
from tasktune.decoding import Decoding
from tasktune.recipe import Recipe


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    made = Recipe(
        epochs=2.5, class_weights=True, decoding=Decoding(stop=("\n", 'a "quoted" \\ text 🐈'), temperature=0.7, n_best=3)
    )
    (tmp_path / "recipe.toml").write_text(recipes.written(made), encoding="utf-8")
    assert recipes.read(tmp_path / "recipe.toml") == made
    assert recipes.read(tmp_path / "recipe.toml", {"n_best": 2, "seed": 7}).decoding.n_best == 2


def test_options_of_decoding_may_stand_among_the_others() -> None:
    assert recipes.of({"beams": 4, "seed": 1}) == recipes.of({"decoding": {"beams": 4}, "seed": 1})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"beam": 4}, "no option 'beam'; did you mean 'beams'"),
        ({"decoding": {"top_pp": 0.5}}, "no option 'top_pp'; did you mean 'top_p'"),
        ({"beams": "many"}, "recipe: beams: "),
        ({"n_best": 0}, "n_best must be more than 0"),
    ],
    ids=str,
)
def test_what_it_cannot_mean_is_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        recipes.of(given)


def test_what_is_wrong_with_a_flag_is_not_the_files_fault(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text("epochs = 2\n")
    with pytest.raises(InputError, match=r"^the options: n_best must be more than 0, but is 0"):
        recipes.read(tmp_path / "recipe.toml", {"n_best": 0})


@pytest.mark.parametrize(
    ("family", "lessons", "epochs"),
    [
        ("encoder", 10_000, 4),
        ("encoder", 800, 4),
        ("encoder", 400, 8),
        ("encoder", 300, 11),
        ("encoder", 7, 20),
        ("decoder", 7, 2),
    ],
)
def test_few_records_are_passed_over_more_often(family: FamilyName, lessons: int, epochs: float) -> None:
    assert recipes.paced(Recipe(), family, lessons).epochs == epochs


def test_epochs_that_are_given_are_kept() -> None:
    assert recipes.paced(Recipe(epochs=0.5), "encoder", 7).epochs == 0.5
