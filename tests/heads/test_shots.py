"""Shots: which stand before a prompt, in what order, as far as there is room; and what they change in how labels are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cases import example, untrained
from tasktune.core import Lost, Record
from tasktune.heads.choices import Choices
from tasktune.heads.features import Features, token_ids
from tasktune.heads.prompts import answer_ids, longest_answer, prompt_ids
from tasktune.heads.shots import LEFT_OUT, Shots
from tasktune.models.inference import answers
from tasktune.models.model import Model
from tasktune.tasks import task
from tasktune.tasks.generation import Generation

Tiny = Callable[[str], Path]
RECORDS = example("classification")


def asked(model: Model, shots: Shots | None) -> Any:
    head: Any = model.head
    return replace(head, shots=shots)


def told(head: Any, record: Record) -> list[int]:
    return [*token_ids(head.tokenizer, str(head.framing.prompt(record))), *answer_ids(head, head.framing.write(record))]


def decoded(model: Model, head: Any, features: list[Features]) -> list[Any]:
    with torch.inference_mode():
        return list(head.decode(model.net, features))


@pytest.fixture(params=["llama", "t5", "bart"])
def model(request: pytest.FixtureRequest, tiny: Tiny) -> Model:
    return untrained(task("classification"), tiny(request.param))


def test_shots_stand_before_the_prompt_as_they_would_be_learnt_the_best_last(model: Model) -> None:
    first, second, third, *_ = RECORDS
    head, plain = asked(model, Shots(lambda _: [second, third], 2)), asked(model, None)
    (alone,), (behind, cue) = plain.encode(first, Lost()), head.encode(first, Lost())
    shown = told(head, third) + told(head, second)
    own, whole = (f.inputs["input_ids"] for f in (alone, behind))
    start = next(k for k in range(len(own)) if own[:k] + shown + own[k:] == whole)
    assert cue.inputs["input_ids"][start : start + len(shown)] == shown
    assert cue.length < behind.length


def test_no_record_is_its_own_shot_and_used_ones_are_counted(model: Model) -> None:
    shots = Shots(lambda _: RECORDS, 2)
    for record in RECORDS:
        asked(model, shots).encode(record, Lost())
    assert shots.used == {"r0": 3, "r1": 3, "r2": 2}  # each record the first two of the others


def test_shots_are_as_many_as_there_is_room_for_and_the_others_are_told(model: Model) -> None:
    head, lost = asked(model, Shots(lambda _: RECORDS[1:], 3)), Lost()
    own, best = prompt_ids(head, head.writer, RECORDS[0], Lost())[0].length, told(head, RECORDS[1])
    kept_free = head.max_length - head.writer.room(head.max_length, longest_answer(head, head.writer))
    narrow = replace(head, max_length=own + len(best) + kept_free)
    shown, _ = narrow.encode(RECORDS[0], lost)
    assert len(shown.inputs["input_ids"]) == own + len(best)
    assert narrow.shots.used == {"r1": 1}
    assert lost.counts[LEFT_OUT] == 2


@pytest.mark.parametrize("name", ["llama", "t5"])
def test_an_answer_that_is_longer_than_any_that_would_be_written_leaves_less_room(tiny: Tiny, name: str) -> None:
    model = untrained(task("generation"), tiny(name))
    shot, record = Generation(prompt="One", answer=" two three"), Generation(prompt="Four", answer=" five six" * 40, id="long")
    head, lost = asked(model, Shots(lambda _: [shot] * 8, 8)), Lost()
    (alone,) = asked(model, None).supervise(record, Lost())
    head = replace(head, max_length=alone.length + len(told(head, shot)))
    (lesson,) = head.supervise(record, lost)
    assert alone.length <= lesson.length <= head.max_length
    assert lost.counts[LEFT_OUT] == 7


@pytest.mark.parametrize("shots", [Shots(), Shots(lambda _: RECORDS, 2)], ids=["none", "two"])
def test_labels_are_compared_with_what_is_thought_of_them_unasked(model: Model, shots: Shots) -> None:
    head = asked(model, shots)
    for record, raws, scored in answers(model.net, head, RECORDS, Lost()):
        with_text, without = raws
        told = np.exp(with_text - without)
        assert np.exp(head.units(record, raws).log_p).sum() == pytest.approx(1)
        assert scored.score == pytest.approx((told / told.sum()).max(), rel=1e-4)
        assert scored.answer == head.labels[int((with_text - without).argmax())]


def test_a_tuned_model_is_taken_at_its_word(model: Model) -> None:
    (features,) = model.head.encode(RECORDS[0], Lost())
    raws = decoded(model, model.head, [features])
    assert model.head.units(RECORDS[0], raws).log_p is raws[0]  # type: ignore[union-attr]


def test_the_same_prompt_is_asked_once_and_answered_for_all(model: Model) -> None:
    head = asked(model, Shots())
    features = [f for record in RECORDS for f in head.encode(record, Lost())]
    together, alone = decoded(model, head, features), [decoded(model, head, [f])[0] for f in features]
    assert len({tuple(f.inputs["input_ids"]) for f in features}) == len(RECORDS) + 1
    assert np.allclose(together, alone, atol=1e-4)


def test_labels_go_by_other_words_where_they_are_told(model: Model) -> None:
    assert isinstance(model.head, Choices)
    renamed = replace(model.head, labels=("0", "1"), words=model.head.labels)
    (features,) = renamed.encode(RECORDS[0], Lost())
    said = decoded(model, renamed, [features])
    assert np.array_equal(said, decoded(model, model.head, [features]))
    assert renamed.answer(RECORDS[0], said).answer in ("0", "1")


def test_an_answer_is_as_likely_behind_shots_as_the_network_says(tiny: Tiny) -> None:
    model = untrained(task("summarization"), tiny("llama"))
    first, *others = example("summarization")
    head: Any = replace(model.head, shots=Shots(lambda _: others, 1))  # type: ignore[call-arg]
    (features,), (prompt,) = head.supervise(first, Lost()), head.encode(first, Lost())
    ids = features.inputs["input_ids"]
    assert ids == prompt.inputs["input_ids"] + answer_ids(head, head.framing.write(first))
    assert [ids[k + 1] for k in features.positions] == list(features.targets)
