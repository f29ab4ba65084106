"""The commands are what a user types, and what the plain scripts say is read as the task's answers."""

from pathlib import Path

import pytest

from compare import agree, metric_of, plain_answers
from sides import Plan, commands
from table import BY_NAME, Run
from tasktune import recipe as recipes
from tasktune.answers import Span
from tasktune.core import Likelihood
from tasktune.tasks import task


def plan_of(run, folder, lines):
    for name in ("train", "dev"):
        (folder / name).write_text(lines, encoding="utf-8")
    return Plan(run, str(folder / "train"), str(folder / "dev"), recipes.settled(recipes.of(run.options), "encoder"), folder)


def test_a_default_run_is_typed_without_options():
    run = BY_NAME["wikigold"]
    plan = Plan(run, "a.conll", "b.conll", recipes.settled(recipes.Recipe(), "encoder"), Path("runs/x"))
    typed = commands(plan)
    assert " ".join(typed["fit"]) == "tasktune fit ner --model minilm --train a.conll --dev b.conll --out runs/x/model"
    assert " ".join(typed["evaluate"]) == "tasktune evaluate runs/x/model b.conll --json"
    assert " ".join(typed["predict"]) == "tasktune predict runs/x/model b.conll --out runs/x/answers.jsonl"


def test_mapping_format_and_options_are_typed():
    run = Run("a", "classification", "minilm", "t", "d", 1.0, (1, 1), {"text": "2"}, "tsv", {"batch_size": 4})
    typed = commands(Plan(run, "t", "d", recipes.settled(recipes.of(run.options), "encoder"), Path("w")))
    assert typed["fit"][-6:] == ["--map", "text=2", "--format", "tsv", "--batch-size", "4"]
    assert typed["predict"][-4:] == ["--map", "text=2", "--format", "tsv"]


def test_a_quick_run_types_what_it_changes_and_decoding_among_it():
    run = Run("a", "classification", "smollm2", "t", "d", 1.0, (1, 1), {}, "tsv")
    quick = recipes.settled(recipes.of({"epochs": 1, "max_new_tokens": 8}), "decoder")
    assert commands(Plan(run, "t", "d", quick, Path("w")))["fit"][-4:] == ["--epochs", "1", "--max-new-tokens", "8"]


@pytest.mark.parametrize(
    ("run", "lines", "said", "answers"),
    [
        (Run("a", "ner", "minilm", "", "", 1, format="conll"), "Ada B-PER\nruns O\n\n", [["B-PER", "O"]], [(Span(0, 3, "PER"),)]),
        (
            Run("a", "classification", "smollm2", "", "", 1, mapping={"text": "1", "answer": "2"}, format="tsv"),
            *("good\tYes\nbad\tNo\n", [" yes", "maybe"], ["Yes", None]),
        ),
        (
            Run("a", "multilabel", "minilm", "", "", 1, format="jsonl"),
            *('{"text": "a", "labels": ["x", "y"]}\n', [["y"]], [("y",)]),
        ),
        (
            Run("a", "generation", "smollm2", "", "", 1, format="text"),
            *("abcd\n", [{"nats": 2.0, "tokens": 3}], [Likelihood(2.0, 3, 4)]),
        ),
    ],
    ids=["ner", "choice", "labels", "likelihood"],
)
def test_what_a_script_says_becomes_answers(tmp_path, run, lines, said, answers):
    assert plain_answers(plan_of(run, tmp_path, lines), said) == answers


def test_texts_are_compared_by_character_and_labels_by_their_own_score():
    assert metric_of(task("generation")).primary == "bits_per_character"
    assert metric_of(task("ner")).primary == "f1"


def test_figures_agree_when_equal_or_both_undefined():
    assert agree(0.5, 0.5)
    assert agree(float("nan"), None)
    assert not agree(0.5, 0.6)


@pytest.mark.slow
def test_the_plain_script_finds_entities():
    import trainer_tags  # imports Trainer, which takes seconds

    assert trainer_tags.spans(["B-A", "I-A", "B-A", "O", "I-B", "I-A"]) == {(0, 2, "A"), (2, 3, "A"), (4, 5, "B"), (5, 6, "A")}
    assert trainer_tags.f1([["B-A", "O"]], [["B-A", "B-A"]]) == pytest.approx(2 / 3)
    assert trainer_tags.accuracy([["X", "Y"]], [["X", "X"]]) == 0.5
