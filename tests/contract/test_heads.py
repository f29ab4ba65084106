"""What every head owes on every kind of model: log p that is one, whatever a record stands beside, that learns and is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

import tasktune as tt
from cases import HEADS, each_case, example, with_options
from families import WRITERS
from records import reading_on
from tasktune.core import Lost, Record
from tasktune.heads import HEADS as ALL_HEADS
from tasktune.heads import network
from tasktune.models.inference import answers, log_p_of
from tasktune.models.model import Model

ONE_BY_ONE, TOGETHER = 1, 1_000_000  # tokens in a pass


@pytest.fixture
def model(case: tuple[str, str], untaught: Callable[[str, str], Model]) -> Model:
    return untaught(*case)


def lengthened(record: Record) -> Record:
    """The record with more to read, so that what stands beside it is padded."""
    match record:
        case tt.tasks.chat.Chat(messages=messages):
            return replace(record, messages=(*messages, tt.Message("user", "and so on " * 8)))
        case tt.tasks.dependency_parsing.DependencyParsing():
            return reading_on(record, 4)
    field = record.field_names()[0]
    return replace(record, **{field: getattr(record, field) + " and so on" * 8})


def supervised(model: Model, records: list[Record]) -> list[Any]:
    return [feature for record in records for feature in model.head.supervise(record, Lost())]


def log_p(model: Model, records: list[Record], budget: int = TOGETHER) -> list[float]:
    model = with_options(model, token_budget=budget)
    return log_p_of(model.net, model.head, supervised(model, records))


def test_every_head_is_tested() -> None:
    assert set(HEADS) - {"chat", "seen"} == set(ALL_HEADS)


@each_case
def test_log_p_is_that_of_a_probability(case: tuple[str, str], model: Model) -> None:
    found = log_p(model, example(case[0]))
    assert all(-np.inf < value <= 0 for value in found)
    assert len(set(found)) > 1


@each_case
def test_the_choices_of_a_closed_set_sum_to_one(case: tuple[str, str], model: Model) -> None:
    for record, raws, _ in answers(model.net, model.head, example(case[0]), Lost()):
        units = model.head.units(record, raws)
        if units is not None:
            np.testing.assert_allclose(np.exp(units.log_p).sum(-1), 1.0, rtol=1e-5)
            assert (units.gold >= 0).all()


@each_case
def test_log_p_is_the_same_alone_in_any_order_and_beside_longer_ones(case: tuple[str, str], model: Model) -> None:
    records = example(case[0])
    alone = log_p(model, records, ONE_BY_ONE)
    longer = [lengthened(record) for record in records]
    assert log_p(model, records) == pytest.approx(alone, rel=1e-5, abs=1e-5)
    assert log_p(model, records[::-1])[::-1] == pytest.approx(alone, rel=1e-5, abs=1e-5)
    assert log_p(model, [*longer, *records])[len(longer) :] == pytest.approx(alone, rel=1e-5, abs=1e-5)


@each_case
def test_an_answer_is_the_same_alone_in_any_order_and_beside_longer_ones(case: tuple[str, str], model: Model) -> None:
    records = example(case[0])
    alone = with_options(model, token_budget=ONE_BY_ONE, max_new_tokens=6).predict(records)
    together = with_options(model, token_budget=TOGETHER, max_new_tokens=6)
    for others in (
        together.predict(records),
        together.predict(records[::-1])[::-1],
        together.predict([*map(lengthened, records), *records])[len(records) :],
    ):
        for one, other in zip(alone, others, strict=True):
            assert other.record == one.record
            assert same(other.answer, one.answer, 1e-5)
            assert other.scored.score == pytest.approx(one.scored.score, abs=1e-5)
            assert other.scored.scores == pytest.approx(one.scored.scores, abs=1e-5)


@pytest.mark.parametrize("kind", WRITERS)
def test_choices_after_a_shared_prompt_are_as_likely_as_each_told_whole(kind: str, untaught: Callable[[str, str], Model]) -> None:
    model = untaught("nli", kind)
    records = example("nli")
    told = np.array([log_p(model, [replace(record, answer=label) for label in model.head.labels]) for record in records])
    compared = np.array([model.head.units(r, raws).log_p[0] for r, raws, _ in answers(model.net, model.head, records, Lost())])
    expected = torch.tensor(told).log_softmax(-1).numpy()
    np.testing.assert_allclose(compared, expected, atol=1e-4)


@pytest.fixture(scope="module")
def known(tuned: Callable[[str, str], Model]) -> Callable[[tuple[str, str]], Model]:
    return lambda case: tuned(*case)


def same_weights(left: Any, right: Any) -> bool:
    ours, theirs = left.state_dict(), right.state_dict()
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def same(left: Any, right: Any, tolerance: float) -> bool:
    return left == pytest.approx(right, abs=tolerance) if isinstance(left, float) else left == right


@each_case
def test_four_records_are_learnt_by_heart(case: tuple[str, str], known: Callable[[tuple[str, str]], Model]) -> None:
    records = example(case[0])
    predictions = known(case).predict([replace(record, answer=None) for record in records])
    if case[0] == "embedding":  # learns the order of numbers alone
        assert sorted(records, key=lambda record: predictions[records.index(record)].answer) == sorted(
            records, key=lambda record: record.answer
        )
        return
    for prediction in predictions:
        gold = next(record.answer for record in records if record.id == prediction.record.id)
        assert same(prediction.answer, gold, 0.2)


@each_case
def test_what_is_saved_is_loaded_and_opened_by_transformers(
    case: tuple[str, str], known: Callable[[tuple[str, str]], Model], tmp_path: Path
) -> None:
    model, records = known(case), example(case[0])
    folder = model.save(tmp_path / "model")
    loaded = tt.load(folder)
    assert loaded.head.recipe == model.head.recipe
    assert loaded.head.labels == model.head.labels
    assert loaded.head.calibration == model.head.calibration
    assert loaded.facts == model.facts
    assert same_weights(loaded.net, model.net)
    assert log_p(loaded, records) == pytest.approx(log_p(model, records), rel=1e-5)
    for ours, theirs in zip(loaded.predict(records), model.predict(records), strict=True):
        assert same(ours.answer, theirs.answer, 1e-5)

    config = transformers.AutoConfig.from_pretrained(folder)
    plain = network(model.head.framing, model.family).from_pretrained(folder, config=config)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    assert same_weights(plain, model.net)
    text = "Ada wrote\nto me."
    assert tokenizer(text)["input_ids"] == model.head.tokenizer(text)["input_ids"]
    if model.family == "encoder" and model.head.labels:
        assert plain.config.id2label == dict(enumerate(model.head.labels))
