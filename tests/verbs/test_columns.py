"""A model remembers which column held which field, and reads later data so where they have those columns."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import tasktune as tt
from tasktune import cli
from tasktune.core import Row
from tasktune.datasets import questions
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


def typed(monkeypatch: pytest.MonkeyPatch, *words: object) -> None:
    """What is typed at a terminal."""
    monkeypatch.setattr(sys, "argv", ["tasktune", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert not left.value.code


def test_the_command_line_reads_them_so_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "asked.csv").write_text("e,good,a fine one\n")
    typed(monkeypatch, "predict", folder / "model", folder / "asked.csv")
    assert json.loads(capsys.readouterr().out)["text"] == "a fine one"
    typed(monkeypatch, "evaluate", folder / "model", folder / "train.csv", "--json")
    assert json.loads(capsys.readouterr().out)["records"] == 4


def test_rows_that_others_have_read_are_too() -> None:
    given = [Row({"review": "fine", "by": "Ada"}, "1"), Row({"text": "awful"}, "2")]
    asked = questions(tt.task("classification"), given, known={"text": "review"})
    assert [record.text for record in asked] == ["fine", "awful"]


def test_what_all_records_had_gives_way_to_a_column_of_that_name() -> None:
    given = [Row({"text": "a"}), Row({"text": "b", "target_language": "fr"})]
    found = questions(tt.task("translation"), given, None, None, {"target_language": "=de"})
    assert [record.target_language for record in found] == ["de", "fr"]


def test_workers_that_read_parquet_alone_refuse_another_format(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("predict", folder / "model", folder, "--engine", "ray", "--format", "csv")
    monkeypatch.setattr(sys, "argv", ["tasktune", *map(str, words)])
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    assert "--engine ray reads Parquet files" in capsys.readouterr().err
