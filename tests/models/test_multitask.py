"""Several tasks on one encoder: each answers as its own network does, the encoder reads a text once, and all of them learn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

import tasktune as tt
from cases import KNOWING, example
from families import ENCODERS
from tasktune.core import Lost
from tasktune.decoding import Decoding
from tasktune.framings import Framing
from tasktune.heads.base import Calibration
from tasktune.models import durable, multitask, training
from tasktune.models.checkpoints import Checkpoints, Pace
from tasktune.models.course import Course, Lesson, Subject, Taught
from tasktune.models.multitask import MultiTaskModel
from tasktune.models.packing import Packed, Padded
from tasktune.recipe import Recipe
from tasktune.scores import Scores
from tasktune.tasks import tasks_called

Tiny = Callable[[str], Path]

NAMES = "pos+dependency-parsing+ner+classification+nli+question-answering+regression+multilabel"
READS_A_TEXT = ("pos", "dependency-parsing", "ner", "classification", "multilabel")
WORDS = "Ada wrote to me . "
TEXTS = ["Ada wrote to Bob.", "", "Birds fly south in autumn.", "  ", "🙂 ⁠ 王小明", WORDS * 150]

each_encoder = pytest.mark.parametrize("kind", ENCODERS)


def untrained(kind: Path, names: str = NAMES, recipe: Recipe = KNOWING) -> MultiTaskModel:
    """Tasks on a random encoder, with the labels of their examples."""
    tasks = tasks_called(names)

    def labels(name: str, framing: Framing) -> tuple[str, ...]:
        return framing.inventory(shown for record in tasks[name].example for shown in framing.names(record))

    torch.manual_seed(3)
    return multitask.build(tasks, str(kind), labels, recipe, lambda name, framing: Calibration())


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[MultiTaskModel], list[int]]]:
    """Gives a list to which the rows of every pass through a model's encoder are added."""
    hooks = []

    def counted(model: MultiTaskModel) -> list[int]:
        passes: list[int] = []
        body: Any = model.net.base_model
        hooks.append(body.register_forward_hook(lambda net, given, said: passes.append(len(said.last_hidden_state))))
        return passes

    yield counted
    for hook in hooks:
        hook.remove()


@each_encoder
def test_all_answer_as_each_does_alone_in_any_batch(kind: str, tiny: Tiny) -> None:
    model, lost = untrained(tiny(kind)), Lost()
    together = model.predict(TEXTS, lost)
    alone = [model.predict([text])[0] for text in TEXTS]
    for name in READS_A_TEXT:
        for own, one, other in zip(model[name].predict(TEXTS), together, alone, strict=True):
            for joint in (one[name], other[name]):
                assert joint.answer == own.answer
                assert joint.scored.score == pytest.approx(own.scored.score, abs=1e-5)
                assert joint.scored.scores == pytest.approx(own.scored.scores, abs=1e-5)
    assert all(tuple(one.predictions) == READS_A_TEXT or "regression" in one.predictions for one in together)
    assert lost.counts["nli: not asked, for want of what it asks about"] == len(TEXTS)
    assert lost.counts["ner: split"] == lost.counts["pos: split"] == 1


def test_the_encoder_reads_a_text_once(tiny: Tiny, reads: Callable[[MultiTaskModel], list[int]]) -> None:
    """But a long one again for the task that cuts it in other places."""
    model = untrained(tiny("bert"), "pos+dependency-parsing+ner+classification")
    passes = reads(model)
    model.predict(TEXTS[:3])
    assert sum(passes) == 3
    passes.clear()
    model.predict([WORDS.replace(".", "too") * 150])  # one sentence
    assert 2 < sum(passes) < 12


def test_each_task_is_asked_what_a_row_can_be_for_it(tiny: Tiny) -> None:
    model = untrained(tiny("bert"), "pos+nli")
    one, other = model.predict([{"text": "It rains.", "premise": "It rains.", "hypothesis": "It is wet."}, "It rains."])
    assert set(one.predictions) == {"pos", "nli"}
    assert set(other.predictions) == {"pos"}
    with pytest.raises(tt.InputError, match="input 1"):
        model.predict([{"nothing": "of use"}])
    with pytest.raises(tt.InputError, match="does not do 'ner', but pos, nli"):
        model["ner"]
    with pytest.raises(tt.InputError, match="predict takes a list"):
        model.predict("It rains.")


def rounded(told: Any) -> Any:
    """Every number but for the last digits, in which passes of other shapes may differ."""
    return json.loads(json.dumps(told), parse_float=lambda number: round(float(number), 4))


def test_predictions_are_told_as_each_task_tells_them(tiny: Tiny) -> None:
    model = untrained(tiny("bert"), "pos+dependency-parsing+ner")
    (said,) = model.predict(["Ada wrote to Bob."])
    told = said.as_json()
    assert list(told) == ["text", "id", "pos", "dependency-parsing", "ner"]
    for name in model.tasks:
        (alone,) = model[name].predict(["Ada wrote to Bob."])
        assert rounded(told[name]) == rounded({key: value for key, value in alone.as_json().items() if key not in ("text", "id")})
    (columns,) = said.as_columns()
    assert columns["words"] == ["Ada", "wrote", "to", "Bob", "."]
    assert columns["upos"] == [tag.label for tag in said["pos"].answer]
    assert columns["head"] == [word.head for word in said["dependency-parsing"].answer]
    assert sum("NE=" in misc for misc in columns["misc"]) >= len(said["ner"].answer)
    assert said.text == "Ada wrote to Bob."
    assert set(said.answers) == set(model.tasks)
    assert "<small>ner</small>" in said._repr_html_()


@each_encoder
def test_what_is_saved_is_loaded_and_its_encoder_opened_by_transformers(kind: str, tiny: Tiny, tmp_path: Path) -> None:
    model = untrained(tiny(kind), "classification+pos+dependency-parsing")
    folder = model.save(tmp_path / "model")
    loaded = tt.load(folder)
    assert isinstance(loaded, MultiTaskModel)
    assert list(loaded.tasks) == ["classification", "pos", "dependency-parsing"]
    ours, theirs = loaded.net.state_dict(), model.net.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    for one, other in zip(loaded.predict(TEXTS[:3]), model.predict(TEXTS[:3]), strict=True):
        assert one.answers == other.answers
    plain, told = transformers.AutoModel.from_pretrained(folder, output_loading_info=True)
    assert not told["missing_keys"]
    body: Any = model.net.base_model
    assert all(torch.equal(weight, body.state_dict()[name]) for name, weight in plain.state_dict().items())
    with pytest.raises(tt.InputError, match="does several tasks"):
        multitask.single.load(folder)


def test_one_of_the_tasks_is_saved_as_a_model_like_any_other(tiny: Tiny, tmp_path: Path) -> None:
    model = untrained(tiny("bert"), "classification+pos")
    alone = tt.load(model["pos"].save(tmp_path / "pos"))
    assert isinstance(alone, tt.Model)
    assert [p.answer for p in alone.predict(TEXTS[:3])] == [p["pos"].answer for p in model.predict(TEXTS[:3])]
    assert transformers.AutoModelForTokenClassification.from_pretrained(tmp_path / "pos").config.id2label[0] == "ADJ"


def lessons(model: MultiTaskModel) -> list[Subject]:
    """What there is to learn from the tasks' examples."""
    return [
        Subject(each.net, each.head, [Lesson(r.id, f) for r in example(name) for f in each.head.supervise(r, Lost())])
        for name, each in model.models.items()
    ]


@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_packed_teaches_what_padded_does(kind: str, tiny: Tiny) -> None:
    curves = []
    for packed in (True, False):
        model = untrained(tiny(kind), "pos+ner+classification")
        subjects = lessons(model)
        course = Course(model.net, subjects, 12)
        assert [isinstance(taught.layout, Packed) for taught in course.taught] == [True, True, False]
        for taught in course.taught if not packed else ():
            taught.layout = Padded()
        curves.append([course.step(k, subjects[k % 3].lessons, k % 3) for k in range(12)])
    assert curves[0] == pytest.approx(curves[1], rel=1e-4)


def test_a_batch_is_of_one_subject_and_an_epoch_has_every_lesson_once(tiny: Tiny) -> None:
    subjects = [Subject(None, None, [Lesson(f"{k}:{n}", None) for n in range(size)]) for k, size in enumerate((10, 4, 1))]  # type: ignore[arg-type]
    batches = training._batches(subjects, 3, seed=1, done=0)
    epochs = [[next(batches) for _ in range(7)] for _ in range(2)]
    for epoch in epochs:
        assert all(lesson.record.startswith(f"{k}:") for k, batch in epoch for lesson in batch)
        assert sorted(lesson.record for _, batch in epoch for lesson in batch) == sorted(
            lesson.record for subject in subjects for lesson in subject.lessons
        )
    assert [k for k, _ in epochs[0]] != [k for k, _ in epochs[1]]
    later = training._batches(subjects, 3, seed=1, done=9)
    assert [next(later) for _ in range(5)] == epochs[1][2:]


class Stopped(BaseException):
    """Nothing that anyone would catch."""


def state(folder: Path) -> dict[str, str]:
    *_, newest = sorted(folder.glob("step-*"))
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in newest.iterdir()}


def test_what_was_stopped_ends_as_if_it_had_not_been(tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = replace(KNOWING, epochs=2, batch_size=3, evaluations=0.5, token_budget=1, learning_rate=1e-3)
    monkeypatch.setattr(durable, "_sync", lambda path: None)
    monkeypatch.setattr(training, "perf_counter", lambda: 0.0)
    whole = Taught.backward

    def run(folder: Path, passes: int = -1) -> training.Trained:
        left = iter(range(passes, -1, -1))

        def backward(self: Taught, features: Any, share: float) -> float:
            if next(left, None) == 0:
                raise Stopped
            return whole(self, features, share)

        monkeypatch.setattr(Taught, "backward", backward)
        folder.mkdir(exist_ok=True)
        model = untrained(tiny("bert"), "pos+dependency-parsing+classification", recipe)
        for module in model.net.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.2
        value = float(model.net.get_parameter("layers.pos.classifier.bias").detach().sum())
        scores = Scores("mean", {"mean": tt.Score(value, value, value)})
        kept = Checkpoints(folder, dict, print, Pace(shortest=0.0, failing=0.0))
        return training.train(model.net, lessons(model), lambda: scores, lambda step: None, kept)

    expected = run(tmp_path / "whole")
    for passes in (4, 13):
        with pytest.raises(Stopped):
            run(tmp_path / "cut", passes)
    assert run(tmp_path / "cut") == expected
    assert state(tmp_path / "cut") == state(tmp_path / "whole")


def test_every_head_learns(tiny: Tiny, tmp_path: Path) -> None:
    names = ("pos", "dependency-parsing", "regression", "question-answering")
    data = {name: example(name) for name in names}
    recipe = replace(KNOWING, epochs=80)
    model = tt.fit("+".join(names), data, data, str(tiny("bert")), tmp_path / "m", recipe)
    measured = tt.evaluate(tmp_path / "m", data)
    for name in names:
        if name != "regression":
            assert measured[name].scores.main.value == 1.0
        assert measured[name].as_json()["scores"] == model[name].facts["evaluation"]["scores"]
        assert measured.as_json()["tasks"][name]["records"] == len(data[name])
        assert model[name].facts["baseline"] or name not in ("pos", "regression")
    numbers = [
        (p.answer, r.answer) for p, r in zip(model["regression"].predict(data["regression"]), data["regression"], strict=True)
    ]
    assert all(abs(said - meant) < 0.3 for said, meant in numbers)
    told = json.loads((tmp_path / "m" / "tasktune.json").read_text(encoding="utf-8"))
    assert told["task"] == "+".join(names)
    assert told["tasks"]["pos"]["labels"] == list(model["pos"].head.labels)
    training = told["training"]
    assert dict(training["history"])[training["best_step"]] == pytest.approx(
        sum(told["tasks"][name]["evaluation"]["scores"][told["tasks"][name]["evaluation"]["primary"]]["value"] for name in names)
        / 4
    )
    assert "pos: accuracy" in (tmp_path / "m" / "README.md").read_text(encoding="utf-8")


def test_tasks_go_by_their_other_names_too(tiny: Tiny) -> None:
    model = untrained(tiny("bert"), "pos+ner")
    assert [*tt.evaluate(model, {"tagging": example("pos")}).evaluations] == ["pos"]
    (said,) = tt.predict(model, ["Ada wrote."], task="tagging")
    assert said.answer == model["pos"].predict(["Ada wrote."])[0].answer


def test_what_cannot_be_joined_is_refused_in_words(tiny: Tiny) -> None:
    data = {name: example(name) for name in ("pos", "ner", "mask", "chat")}

    def fit(names: str, given: Any = data, kind: str = "bert", **options: Any) -> None:
        tt.fit(names, given, given, str(tiny(kind)), recipe=replace(KNOWING, **options))

    for names, more, what in (
        ("embedding+ner", {"kind": "gpt2", "given": data | {"embedding": example("embedding")}}, "embedding cannot be learnt"),
        ("pos+ner", {"lora": 2}, "--lora is not there for several tasks"),
        ("pos+ner", {"decoding": Decoding(backend="vllm")}, "--backend vllm is not there for several tasks"),
        ("pos+ner", {"precision": "int8"}, "learns nothing"),
        ("pos+mask", {}, "mask cannot be learnt together"),
        ("pos+chat", {}, "chat cannot be done by a model of the encoder family"),
        ("pos+pos", {}, "names a task twice"),
        ("pos+nothing", {}, "there is no task 'nothing'"),
        ("pos+ner", {"given": {"pos": data["pos"]}}, "there is no data for ner"),
        ("pos+ner", {"given": "file.conll"}, "there is no data for pos"),
    ):
        with pytest.raises(tt.InputError, match=what):
            fit(names, **more)
