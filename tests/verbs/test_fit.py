"""Fitting from Python: what may be given, what comes back, what is counted, and what is refused with the record's name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import tasktune as tt
from cases import KNOWING, example
from tasktune import cli
from tasktune import recipe as recipes
from tasktune.answers import Span
from tasktune.models.checkpoints import Pace
from tasktune.tasks.classification import Classification
from tasktune.tasks.ner import NER

Tiny = Callable[[str], Path]
ONCE = replace(KNOWING, epochs=1, evaluations=1.0)


def fit(tiny: Tiny, task: str, train: list[Any], dev: list[Any] | None = None, **changes: Any) -> tt.Model:
    return tt.fit(task, train, dev, str(tiny("bert")), recipe=replace(ONCE, **changes))


def rows(count: int) -> list[Any]:
    return [{"text": f"text {k}", "label": "ab"[k % 2], "id": f"row{k}"} for k in range(count)]


def test_rows_and_records_may_be_given_as_well_as_files(tiny: Tiny) -> None:
    made = fit(tiny, "classification", rows(8), rows(4))
    assert made.facts["made"]["train"] == "records in Python"
    assert (made.facts["made"]["records"], made.facts["made"]["dev_records"]) == (8, 4)
    records = [Classification(text=row["text"], answer=row["label"], id=row["id"]) for row in rows(8)]
    same = fit(tiny, "classification", records, rows(4))
    assert same.facts["evaluation"] == made.facts["evaluation"]


def test_few_records_are_learnt_in_more_epochs_and_the_recipe_says_so(tiny: Tiny, tmp_path: Path) -> None:
    made = fit(tiny, "classification", rows(40), rows(2), epochs=None, batch_size=2, evaluations=0.1, patience=0)
    assert made.facts["training"]["steps"] == 200
    assert recipes.read(made.save(tmp_path / "m") / "recipe.toml").epochs == made.head.recipe.epochs == 10
    data = {"classification": rows(20), "nli": [*example("nli")] * 5}
    both = tt.fit(
        "classification+nli", data, data, str(tiny("bert")), recipe=replace(ONCE, epochs=None, batch_size=8, patience=0)
    )
    assert both.facts["training"]["steps"] == 20 * both.facts["training"]["history"][0][0]


def test_without_a_dev_split_a_tenth_is_set_aside(tiny: Tiny) -> None:
    made = fit(tiny, "classification", rows(40)).facts["made"]
    assert (made["records"], made["dev_records"]) == (36, 4)
    assert "10% of train" in made["dev"]


def test_a_file_without_records_and_a_record_alone_are_named(tiny: Tiny, tmp_path: Path) -> None:
    (empty := tmp_path / "empty.jsonl").touch()
    for train, dev, told in (
        (empty, None, "empty.jsonl: there is no record"),
        (rows(2), empty, "empty.jsonl: there is no record"),
        (rows(1), None, "of one record alone none can be set aside"),
    ):
        with pytest.raises(tt.InputError, match=told):
            tt.fit("classification", train, dev, str(tiny("bert")), recipe=ONCE)


def test_the_facts_say_how_it_came_about(tiny: Tiny) -> None:
    facts = fit(tiny, "ner", example("ner"), example("ner"), epochs=2).facts
    assert facts["training"]["steps"] == 2
    assert [step for step, _ in facts["training"]["history"]] == [1, 2]
    assert facts["evaluation"]["ceiling"]["f1"] == 1.0
    assert facts["evaluation"]["primary"] == "f1"
    assert set(facts["baseline"]) == set(facts["evaluation"]["scores"])
    assert {"tasktune", "transformers", "torch", "date", "seconds"} <= facts["made"].keys()
    assert facts["lost_in_training"] == {}


def test_a_record_without_an_answer_is_named_or_dropped(tiny: Tiny) -> None:
    given = [*rows(4), {"text": "no label", "id": "bare"}]
    with pytest.raises(tt.InputError, match=r"record '?bare'? has no answer.*--lossy drop"):
        fit(tiny, "classification", given, rows(4))
    with pytest.raises(tt.InputError, match=r"record '?bare'? has no answer"):
        fit(tiny, "classification", rows(4), given)
    made = fit(tiny, "classification", given, rows(4), lossy="drop")
    assert made.facts["made"]["records"] == 4
    assert made.facts["lost_in_training"] == {"no answer": {"count": 1, "records": ["bare"]}}


def test_a_record_with_nothing_to_learn_is_named_or_dropped(tiny: Tiny) -> None:
    given = [*example("ner"), NER(text=" ", answer=(), id="blank")]
    with pytest.raises(tt.InputError, match=r"record '?blank'? leaves nothing to learn.*--lossy drop"):
        fit(tiny, "ner", given, example("ner"))
    made = fit(tiny, "ner", given, example("ner"), lossy="drop")
    assert made.facts["lost_in_training"] == {"nothing to learn": {"count": 1, "records": ["blank"]}}


def test_where_the_policy_drops_everything_it_says_so(tiny: Tiny) -> None:
    given = [{"text": "far too long " * 20, "label": label} for label in "ab"]
    with pytest.raises(tt.InputError, match="leaves no record to learn from"):
        fit(tiny, "classification", given, given, lossy="drop", max_length=16)


def test_dev_labels_that_training_did_not_show_are_no_error_and_lower_the_ceiling(tiny: Tiny) -> None:
    new = {"text": "x", "label": "new", "id": "stranger"}
    evaluation = fit(tiny, "classification", rows(4), [*rows(3), new]).facts["evaluation"]
    assert evaluation["ceiling"]["accuracy"] == pytest.approx(0.75)


def test_parts_of_answers_that_tags_cannot_say_are_counted(tiny: Tiny) -> None:
    inside = NER(text="Adaland is far", answer=(Span(0, 3, "PER"),), id="inside")
    made = fit(tiny, "ner", [*example("ner"), inside], example("ner"))
    assert made.facts["lost_in_training"] == {"parts of answers that no word boundary fits": {"count": 1, "records": ["inside"]}}


def test_it_takes_two_labels_to_choose_between(tiny: Tiny) -> None:
    with pytest.raises(tt.InputError, match=r"1 label \(a\); it takes 2"):
        fit(tiny, "classification", rows(1) * 4, rows(1))


def test_a_family_that_cannot_do_the_task_is_refused(tiny: Tiny) -> None:
    with pytest.raises(tt.InputError, match="summarization cannot be done by a model of the encoder family; it can by: decoder"):
        fit(tiny, "summarization", example("summarization"), example("summarization"))


def test_confidence_is_calibrated_on_the_dev_split(tiny: Tiny) -> None:
    """Learnt by heart, but wrong on half of the dev split: a model that is sure of all it says must become less so."""
    wrong = [replace(record, answer={"entailment": "neutral"}.get(record.answer, record.answer)) for record in example("nli")]
    made = tt.fit("nli", example("nli"), wrong, str(tiny("bert")), recipe=KNOWING)
    assert made.head.calibration.temperature > 2
    calibration = made.facts["evaluation"]["calibration"]
    assert calibration["ece_after"] < calibration["ece_before"]
    assert all(prediction.score < 0.9 for prediction in made.predict(example("nli")))


def test_a_number_has_the_interval_of_the_dev_residuals(tiny: Tiny) -> None:
    off = [replace(record, answer=record.answer + 1.0) for record in example("regression")]
    made = tt.fit("regression", example("regression"), off, str(tiny("bert")), recipe=KNOWING)
    sigma = made.head.calibration.sigma
    assert sigma == pytest.approx(1.0, abs=0.2)
    for prediction in made.predict(example("regression")):
        low, high = prediction.scored.interval
        assert (prediction.answer - low, high - prediction.answer) == pytest.approx((1.96 * sigma, 1.96 * sigma), rel=1e-3)
        assert prediction.score is None


def test_a_model_that_the_disk_does_not_take_is_had_again_from_the_last_checkpoint(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(self: tt.Model, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    def fitted() -> tt.Model:
        return tt.fit("nli", example("nli"), example("nli"), str(tiny("bert")), tmp_path / "m", ONCE)

    monkeypatch.setattr(Pace, "due", lambda self: True)
    with monkeypatch.context() as patched:
        patched.setattr(tt.Model, "_write", full)
        with pytest.raises(tt.InputError, match=r"cannot be written to .*m \(.*No space left.*give the same command again"):
            fitted()
    assert [path.name for path in tmp_path.iterdir()] == [".m-checkpoints"]
    assert capsys.readouterr().err == ""
    assert fitted().facts["training"]["steps"] == 1
    assert "going on after step 1" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_checkpoints_left_beside_a_model_that_is_done_are_cleared_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As by a run that was killed between naming its model and taking them away."""
    left, done = tmp_path / ".m-checkpoints" / "step-00000001", tmp_path / "m" / "tasktune.json"
    for path in (left, done.parent):
        path.mkdir(parents=True)
    done.write_text("{}")
    monkeypatch.setattr(sys, "argv", ["tasktune", "fit", "ner", "--train", "demo-ner", "--out", str(tmp_path / "m")])
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    assert "m is there already" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [tmp_path / "m"]


def test_checkpoints_are_of_their_data_model_and_recipe(tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fitted(train: list[Any], kind: str = "bert", **changes: Any) -> tt.Model:
        return tt.fit("nli", train, example("nli"), str(tiny(kind)), tmp_path / "m", replace(ONCE, **changes))

    def interrupted(*given: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Pace, "due", lambda self: True)
    with monkeypatch.context() as patched:
        patched.setattr("tasktune.verbs.material.Material.calibrated", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fitted(example("nli"))
    for changed, what in (
        ({"train": example("nli")[::-1]}, "the training data was"),
        ({"train": example("nli"), "kind": "roberta"}, "the model was"),
        ({"train": example("nli"), "learning_rate": 0.5}, r"learning_rate was 0\.01, is 0\.5"),
    ):
        with pytest.raises(tt.InputError, match=what):
            fitted(**changed)
    assert fitted(example("nli"), token_budget=1).facts["training"]["steps"] == 1


def test_what_stands_at_out_is_not_overwritten(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "m").write_text("mine")
    with pytest.raises(tt.InputError, match="m is there already"):
        tt.fit("nli", example("nli"), example("nli"), str(tiny("bert")), tmp_path / "m", ONCE)
    assert (tmp_path / "m").read_text() == "mine"
