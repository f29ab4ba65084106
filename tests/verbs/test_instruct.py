"""Several tasks in one model that writes: learnt together by weights, each asked and scored in its own way."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

import tasktune as tt
from cases import KNOWING, example
from tasktune.core import InputError
from tasktune.heads.features import Features
from tasktune.models.course import Lesson, Subject
from tasktune.models.multitask import MultiTaskModel
from tasktune.models.named import default_model
from tasktune.models.training import _batches
from tasktune.tasks import task

Tiny = Callable[[str], Path]
NAMES = ("classification", "summarization")
DATA = {name: example(name) for name in NAMES}


@pytest.fixture(scope="module", params=["llama", "bart"])
def together(request: pytest.FixtureRequest, tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("instruct") / "m"
    recipe = replace(KNOWING, epochs=40, evaluations=1 / 40)
    tt.fit("+".join(NAMES), DATA, DATA, str(tiny(request.param)), out, recipe, weights={"summarization": 2})
    return out


@pytest.mark.slow
def test_each_task_is_learnt_kept_and_scored_by_its_own_metric(together: Path) -> None:
    model = tt.load(together)
    assert isinstance(model, MultiTaskModel)
    measured = tt.evaluate(model, DATA)
    assert measured["classification"].scores.values["accuracy"].value == 1.0
    assert measured["summarization"].scores.values["rouge1"].value > 0.9
    assert model.facts["made"]["weights"] == {"classification": 1.0, "summarization": 2}
    told = json.loads((together / "tasktune.json").read_text(encoding="utf-8"))
    assert told["family"] != "encoder"
    assert "asked by a prompt for each of 2 tasks" in (together / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_all_tasks_answer_a_text_as_each_does_alone(together: Path) -> None:
    model = tt.load(together)
    texts = [record.text for record in DATA["summarization"]]
    both = model.predict(texts)
    for name in NAMES:
        alone = [each.answer for each in model[name].predict(texts)]
        assert [each[name].answer for each in both] == alone
    assert model["classification"].net is model["summarization"].net


def _subject(count: int, weight: float, token: int) -> Subject:
    lessons = [Lesson(f"{token}-{k}", Features({"input_ids": [token]})) for k in range(count)]
    return Subject(None, None, lessons, weight)  # type: ignore[arg-type]


@pytest.mark.parametrize(("weight", "turns"), [(1.0, 6), (2.0, 12), (0.5, 3), (1.5, 9), (0.01, 1)])
def test_an_epoch_has_each_lesson_as_often_as_the_weight_says(weight: float, turns: int) -> None:
    lessons = _subject(6, weight, 1).turn(Random(3))
    seen = Counter(lesson.record for lesson in lessons)
    assert len(lessons) == turns
    assert max(seen.values()) - (min(seen.values()) if len(seen) == 6 else 0) <= 1


def test_batches_come_as_often_as_weights_say() -> None:
    batches = _batches([_subject(8, 1.0, 1), _subject(8, 3.0, 2)], 4, 13, 0)
    epoch = [next(batches) for _ in range(8)]
    assert Counter(number for number, _ in epoch) == {0: 2, 1: 6}
    later = _batches([_subject(8, 1.0, 1), _subject(8, 3.0, 2)], 4, 13, 5)
    assert [[each.record for each in batch] for _, batch in epoch[5:]] == [
        [each.record for each in next(later)[1]] for _ in range(3)
    ]


def test_the_default_model_can_do_all_of_them() -> None:
    assert default_model(task("classification")) == "minilm"
    assert default_model(*map(task, NAMES)) == "smollm2"
    with pytest.raises(InputError, match="no family"):
        default_model(task("mask"), task("chat"))


@pytest.mark.parametrize(
    ("weights", "complaint"),
    [
        ({"ner": 2.0}, "--weight ner: there are classification, summarization"),
        ({"classification": 0.0}, "above 0"),
        ({"classification": float("nan")}, "above 0"),
    ],
)
def test_weights_that_mean_nothing_are_told(weights: dict[str, float], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        tt.fit("+".join(NAMES), DATA, weights=weights)


def test_one_task_has_no_weight() -> None:
    with pytest.raises(InputError, match="here is one task"):
        tt.fit("classification", DATA["classification"], weights={"classification": 2})


def test_vectors_are_not_learnt_with_words(tiny: Tiny) -> None:
    both = {"embedding": example("embedding"), "classification": DATA["classification"]}
    with pytest.raises(InputError, match="embedding cannot be learnt together"):
        tt.fit("embedding+classification", both, model=str(tiny("llama")))
