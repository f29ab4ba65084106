"""A model remembers which column held which field, and reads later data so where they have those columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import tasktune as tt
from tasktune.recipe import Recipe
from tasktune.verbs.predict import predict

ROWS = "a,good,fine day\nb,bad,awful day\nc,good,fine night\nd,bad,awful night\n"


@pytest.fixture(scope="module")
def folder(tiny: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("columns")
    (place / "train.csv").write_text(ROWS)
    mapping = {"text": "3", "answer": "2"}
    train = place / "train.csv"
    tt.fit("classification", train, train, str(tiny("bert")), place / "model", Recipe(epochs=1), mapping)
    return place


def asked(folder: Path, name: str, text: str, mapping: dict[str, str] | None = None) -> list[str]:
    (folder / name).write_text(text)
    return [prediction.text for prediction in predict(folder / "model", folder / name, mapping)]


def test_columns_are_read_as_they_were_for_fit(folder: Path) -> None:
    assert asked(folder, "more.csv", "e,good,a fine one\n") == ["a fine one"]
    assert tt.evaluate(folder / "model", folder / "train.csv").records == 4


def test_data_without_those_columns_are_read_by_their_names(folder: Path) -> None:
    assert asked(folder, "named.csv", "text\na fine one\n") == ["a fine one"]
    assert asked(folder, "plain.txt", "a fine one\n") == ["a fine one"]


def test_what_is_said_now_counts_more(folder: Path) -> None:
    assert asked(folder, "turned.csv", "a fine one,good,e\n", {"text": "1"}) == ["a fine one"]
