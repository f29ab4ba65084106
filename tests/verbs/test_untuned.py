"""A model asked as it comes: its labels, its shots, what it says of how it was asked, and what cannot be asked."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tasktune as tt
from tasktune import cli
from tasktune.core import InputError
from tasktune.framings import Embed, Mask, Prompt, Text
from tasktune.metrics.instructions import languages
from tasktune.models.shots import at_random
from tasktune.recipe import Recipe
from tasktune.tasks import NAMES, task
from tasktune.tasks.classification import Classification

Tiny = Callable[[str], Path]
EXAMPLES = [{"text": f"text {k}", "label": "yes" if k % 3 else "no"} for k in range(9)]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shots.jsonl").write_text("".join(json.dumps(row) + "\n" for row in EXAMPLES), encoding="utf-8")
    (tmp_path / "dev.csv").write_text("text,label\ngood,yes\nbad,no\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: object, code: int = 0) -> tuple[str, str]:
    capfd.readouterr()
    monkeypatch.setattr("sys.argv", ["tasktune", *map(str, words)])
    try:
        cli.main()
        left = 0
    except SystemExit as ended:
        left = int(ended.code or 0)
    said, complaint = capfd.readouterr()
    assert left == code, complaint
    return said, complaint


@pytest.mark.parametrize("name", ["llama", "t5"])
def test_a_model_is_measured_and_asked_by_its_task(
    files: Path, tiny: Tiny, name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = ("classification", "dev.csv", "--model", tiny(name), "--shots", "shots.jsonl", "--shot-count", 2, "--seed", 5)
    said, _ = typed(capfd, monkeypatch, "evaluate", *asking, "--json")
    told = json.loads(said)["asked"]
    assert told["labels"] == {"no": "no", "yes": "yes"}
    assert {name: told["shots"][name] for name in ("from", "count", "by", "seed")} == {
        "from": "shots.jsonl",
        "count": 2,
        "by": "random",
        "seed": 5,
    }
    assert sum(told["shots"]["used"].values()) == 4
    said, complaint = typed(capfd, monkeypatch, "predict", *asking)
    assert [json.loads(line)["answer"] in ("yes", "no") for line in said.splitlines()] == [True, True]
    assert "up to 2 shots of shots.jsonl, at random, seed 5; 2 used: shots.jsonl:" in complaint


def test_examples_have_a_format_of_their_own(
    files: Path, tiny: Tiny, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (files / "dev.txt").write_text("text,label\ngood,yes\nbad,no\n", encoding="utf-8")
    asking = ("evaluate", "classification", "dev.txt", "--format", "csv", "--model", tiny("llama"), "--json")
    for shots in ("shots.jsonl", "dev.txt"):
        said, _ = typed(capfd, monkeypatch, *asking, "--shots", shots, "--shot-count", 2)
        assert json.loads(said)["asked"]["shots"]["from"] == shots
    _, complaint = typed(capfd, monkeypatch, *asking, "--shots", "none.txt", code=2)
    assert "none.txt: No such file" in complaint


def test_labels_may_go_by_words(
    files: Path, tiny: Tiny, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = ("--labels", "yes=positive, no=negative")
    said, _ = typed(capfd, monkeypatch, "evaluate", "classification", "dev.csv", "--model", tiny("llama"), *labels, "--json")
    told = json.loads(said)
    assert told["asked"]["labels"] == {"no": "negative", "yes": "positive"}
    assert (told["lost"], told["ceiling"]["accuracy"]) == ({}, 1.0)


@pytest.mark.parametrize(
    ("name", "kind", "labels", "data"),
    [
        ("llama", "classification", {"a": "a", "b": "b"}, EXAMPLES),
        ("llama", "ner", {"NOWHERE": "NOWHERE"}, list(task("ner").example)),
    ],
)
def test_labels_that_the_data_have_none_of_are_told_before_anything_is_asked(
    tiny: Tiny, name: str, kind: str, labels: dict[str, str], data: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tt.untuned(kind, str(tiny(name)), labels)
    monkeypatch.setattr("tasktune.verbs.evaluate.measure", lambda *_: pytest.fail("asked"))
    with pytest.raises(InputError, match=r"records in Python: none of the labels .* is in it, but .*--labels .*=WORD"):
        tt.evaluate(model, data)


def test_random_shots_follow_from_the_seed_and_have_every_label_in_turn() -> None:
    framing = task("classification").decoder
    records = [Classification(text=row["text"], answer=row["label"], id=str(k)) for k, row in enumerate(EXAMPLES)]
    orders = {seed: [record.id for record in at_random(framing, records, seed)(records[0])] for seed in (1, 2)}
    again = [record.id for record in at_random(framing, records, 1)(records[1])]
    assert orders[1] == again != orders[2]
    assert sorted(orders[1]) == [record.id for record in records]
    for k in (0, 2, 4):
        assert Counter(EXAMPLES[int(name)]["label"] for name in orders[1][k : k + 2]) == {"yes": 1, "no": 1}


def test_an_embedding_model_is_measured_as_it_comes(tiny: Tiny) -> None:
    model = tt.untuned("embedding", str(tiny("bert")))
    measured = tt.evaluate(model, list(task("embedding").example))
    assert measured.records
    assert measured.asked == {"model": str(tiny("bert")), "labels": {}}


def test_a_model_that_was_not_tuned_is_not_saved(tiny: Tiny, tmp_path: Path) -> None:
    model = tt.untuned("generation", str(tiny("llama")))
    with pytest.raises(InputError, match="nothing of it to save"):
        model.save(tmp_path / "m")
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("name", "kind", "given", "complaint"),
    [
        ("bert", "classification", {}, "no layers for classification: .*random.*Tune it"),
        ("bert", "mask", {"shots": [{"text": "a"}]}, "shown no examples"),
        ("llama", "classification", {}, "--labels a,b, or give examples"),
        ("llama", "classification", {"labels": {"a": "good", "b": "b"}, "by": "luck"}, "random or similar, and not 'luck'"),
        ("llama", "classification", {"labels": ["yes", "maybe"], "shots": EXAMPLES}, "show no, which --labels has not"),
        ("llama", "classification", {"labels": ["yes"]}, "it takes two"),
        ("llama", "ner", {"labels": {"PER": "person"}}, "only labels that are chosen"),
        ("llama", "classification", {"shots": []}, "no example in it"),
        ("llama", "classification", {"shots": EXAMPLES, "count": -3}, "0 or more, but is -3"),
        ("llama", "generation", {"labels": ["a", "b"]}, "generation has no labels to choose from"),
        ("bert", "mask", {"labels": ["a", "b"]}, "mask has no labels to choose from"),
    ],
)
def test_what_cannot_be_asked_is_told(tiny: Tiny, name: str, kind: str, given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        tt.untuned(kind, str(tiny(name)), recipe=Recipe(), **given)


def test_a_conversation_is_shown_no_examples(tiny: Tiny) -> None:
    with pytest.raises(InputError, match="its own turns"):
        tt.untuned("chat", str(tiny("llama")), shots=list(task("chat").example))


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("evaluate", "m", "dev.csv", "--shots", "shots.jsonl"), "name it with --model"),
        (("evaluate", "classification", "dev.csv", "dev.csv", "--model", "smollm2"), "about one file"),
        (("predict", "classification", "dev.csv", "--model", "smollm2", "--task", "ner"), "for tuned models"),
        (("predict", "clasification", "dev.csv", "--model", "smollm2"), "classification"),
        (("evaluate", "classification", "dev.csv", "--model", "smollm2", "--shots", "none.jsonl"), "none.jsonl"),
        (("evaluate", "summarization", "dev.csv", "--model", "minilm"), "cannot be done by a model of the encoder family"),
        (("evaluate", "classification", "dev.csv", "--model", "smollm2", "--labels", "yes,no, yes"), "yes is there twice"),
        (("predict", "classification", "dev.csv", "--model", "smollm2", "--labels", "0=no,1=no"), "go by the word 'no'"),
    ],
)
def test_slips_are_told_before_anything_is_loaded(
    files: Path, words: tuple[str, ...], complaint: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert complaint in typed(capfd, monkeypatch, *words, code=2)[1]


def test_a_package_that_measuring_takes_is_missed_before_anything_is_loaded(
    files: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [
        {"prompt": "Hi", "instruction_id_list": [], "kwargs": []},
        {"prompt": "Hi", "instruction_id_list": ["language:response_language"], "kwargs": [{"language": "de"}]},
    ]
    (files / "asked.jsonl").write_text("".join(json.dumps(row) + "\n" for row in asked), encoding="utf-8")
    monkeypatch.setitem(sys.modules, "langdetect", None)
    monkeypatch.setattr("tasktune.cli.asking.Asking.opened", lambda *_: pytest.fail("loaded"))
    languages.langdetect.cache_clear()
    words = ("evaluate", "instruction-following", "asked.jsonl", "--model", "smollm2")
    assert "pip install 'tasktune[ifeval]'" in typed(capfd, monkeypatch, *words, code=2)[1]
    languages.langdetect.cache_clear()


@pytest.mark.long
def test_similar_shots_are_those_that_are_near(tiny: Tiny) -> None:
    shots = [{"text": text, "label": label} for text, label in (("A cat sleeps.", "a"), ("Stocks fell.", "b"), ("Rain.", "c"))]
    model = tt.untuned("classification", str(tiny("llama")), shots=shots, count=1, by="similar")
    assert next(iter(model.predict(["Shares dropped sharply today."]))).answer in ("a", "b", "c")
    assert [*tt.evaluate(model, [{"text": "Kittens nap.", "label": "a"}]).asked["shots"]["used"]][:2] == ["input 2", "input 1"]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_task_is_asked_as_it_comes_or_says_why_not(tiny: Tiny, name: str) -> None:
    kind, recipe = task(name), Recipe(decoding=tt.Decoding(max_new_tokens=4))
    records = list(kind.example)
    for family, model in (("encoder", "bert"), ("decoder", "llama"), ("encoder-decoder", "t5")):
        if family not in kind.framings():
            continue
        framing = kind.framing(family)
        shots = records if isinstance(framing, Text) and isinstance(framing.prompt(records[0]), Prompt) else None
        if family == "encoder" and not isinstance(framing, Embed | Mask):
            with pytest.raises(InputError, match="at random"):
                tt.untuned(name, str(tiny(model)), recipe=recipe)
            continue
        labels = {label for record in records for label in framing.names(record)} if shots is None else None
        asked = tt.untuned(name, str(tiny(model)), sorted(labels or ()), shots, 1, recipe=recipe)
        assert tt.evaluate(asked, records).records
