"""A tuned model: what it may be asked, that it is saved whole or not at all, that its folder is read with care."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tasktune as tt
from cases import example
from tasktune.core import Lost
from tasktune.tasks.ner import NER


@pytest.fixture
def model(tuned: Callable[[str, str], tt.Model]) -> tt.Model:
    return tuned("ner", "bert")


@pytest.fixture
def folder(model: tt.Model, tmp_path: Path) -> Path:
    return model.save(tmp_path / "model")


def test_texts_rows_and_records_are_answered_alike(model: tt.Model) -> None:
    record = example("ner")[0]
    text, row, whole = model.predict([record.text, {"text": record.text}, NER(text=record.text)])
    assert text.answer == row.answer == whole.answer == record.answer


def test_one_text_is_not_taken_for_many(model: tt.Model) -> None:
    with pytest.raises(tt.InputError, match=r"takes a list.*predict\(\['Ada'\]\)"):
        model.predict("Ada")


@pytest.mark.parametrize("given", [7, None, ["Ada"], {"words": 3}, {"nothing": "Ada"}])
def test_what_is_no_record_is_refused_with_its_number(model: tt.Model, given: Any) -> None:
    with pytest.raises(tt.InputError, match="input 2"):
        model.predict(["Ada", given])


def test_answers_stream(model: tt.Model) -> None:
    """Endless input gives answers: no more is read ahead than a window of records."""

    def endless() -> Any:
        while True:
            yield from (record.text for record in example("ner"))

    stream = model.stream(endless())
    assert [next(stream).answer for _ in range(4)] == [record.answer for record in example("ner")]


def test_empty_texts_and_no_texts_are_answered(model: tt.Model) -> None:
    assert [prediction.answer for prediction in model.predict(["", " \n"])] == [(), ()]
    assert list(model.predict([])) == []


def test_words_that_leave_no_token_are_counted(model: tt.Model) -> None:
    (prediction,) = model.predict([NER(text="Ada \u200b Basel", words=((0, 3), (4, 5), (6, 11)), id="thin")], lost := Lost())
    assert lost.as_json() == {"words without a token": {"count": 1, "records": ["thin"]}}
    assert prediction.record.id == "thin"


def test_nothing_is_overwritten(model: tt.Model, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(tt.InputError, match="is there already, and nothing is overwritten"):
        model.save(folder)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_save_that_fails_leaves_nothing(model: tt.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(type(model.head.tokenizer), "save_pretrained", fail)
    with pytest.raises(OSError, match="disk full"):
        model.save(tmp_path / "runs" / "m")
    assert list((tmp_path / "runs").iterdir()) == []


def test_what_is_written_is_json_with_no_nan(folder: Path) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    facts = json.loads((folder / "tasktune.json").read_text(encoding="utf-8"), parse_constant=refuse)
    assert facts["task"] == "ner"
    assert facts["labels"] == ["B-LOC", "B-ORG", "B-PER", "I-LOC", "I-ORG", "I-PER", "O"]


def test_options_can_be_changed_when_loading(folder: Path) -> None:
    loaded = tt.load(folder, {"max_length": 32, "lossy": "truncate"})
    assert (loaded.head.max_length, loaded.head.recipe.lossy, loaded.head.recipe.epochs) == (32, "truncate", 60)
    with pytest.raises(tt.InputError, match="there is no option 'max_lenght'; did you mean 'max_length'"):
        tt.load(folder, {"max_lenght": 32})


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("tasktune.json", None, "is no model tuned by tasktune: it has no tasktune.json"),
        ("tasktune.json", "{", "not JSON"),
        ("tasktune.json", "{}", "tasktune.json"),
        ("tasktune.json", "[]", "tasktune.json"),
        ("recipe.toml", None, "no such recipe file"),
        ("config.json", None, "config.json"),
        ("model.safetensors", None, "safetensors"),
        ("model.safetensors", "torn", "safetensors"),
    ],
)
def test_a_damaged_folder_is_refused_by_the_name_of_the_file(folder: Path, file: str, content: str | None, message: str) -> None:
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content)
    with pytest.raises(tt.InputError, match=message):
        tt.load(folder)


def test_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(tt.InputError, match="is no model tuned by tasktune"):
        tt.load(tmp_path / "nothing")
    with pytest.raises(tt.InputError, match="is no model tuned by tasktune"):
        tt.load(tmp_path)
