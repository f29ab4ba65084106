"""Any number of records is answered in their order, with little read ahead, and alike on one core and on several."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import tasktune as tt
from cases import example, untrained, with_options
from tasktune.core import Lost, Record
from tasktune.heads.prompts import answer_ids
from tasktune.models import inference
from tasktune.models.inference import UNANSWERED, answers, likelihoods
from tasktune.models.model import Model


@pytest.fixture
def model(tiny: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.setattr(inference, "WINDOW", 4)
    return untrained(tt.task("ner"), tiny("bert"))


@pytest.fixture(params=[1, 2], ids=["one core", "two cores"])
def cores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(torch, "get_num_threads", lambda: request.param)
    return int(request.param)


def many(count: int) -> list[Record]:
    """Records of many lengths, some longer than a pass and one of no words at all."""
    one = example("ner")[0]
    return [replace(one, text="Ada wrote to me. " * (k * 7 % 11), answer=(), id=f"r{k}") for k in range(count)]


def test_answers_are_in_the_order_of_the_records_and_the_same_on_any_number_of_cores(model: Model, cores: int) -> None:
    records = many(22)
    small = with_options(model, token_budget=64)
    found = list(answers(small.net, small.head, records, Lost()))
    assert [record for record, *_ in found] == records
    for record, _, scored in found:
        ((_, _, alone),) = answers(model.net, model.head, [record], Lost())
        assert scored.answer == alone.answer
        assert scored.score == pytest.approx(alone.score, abs=1e-5)


def test_no_more_is_read_ahead_than_the_window_at_work_and_the_next(model: Model, cores: int) -> None:
    read: list[str] = []

    def noted() -> Iterator[Record]:
        for record in many(40):
            read.append(record.id)
            yield record

    for number, _ in enumerate(answers(model.net, model.head, noted(), Lost()), 1):
        assert len(read) <= number + 2 * 4


def test_who_asks_for_no_more_answers_waits_for_none(model: Model, cores: int) -> None:
    coming = answers(model.net, model.head, many(40), Lost())
    next(coming)
    coming.close()  # type: ignore[attr-defined]
    with pytest.raises(StopIteration):
        next(coming)


def test_a_record_that_the_policy_drops_keeps_its_place(model: Model, cores: int) -> None:
    dropping = with_options(model, lossy="drop", max_length=16)
    lost = Lost()
    found = [scored for *_, scored in answers(dropping.net, dropping.head, many(8), lost)]
    dropped = {record.id for record, scored in zip(many(8), found, strict=True) if scored is UNANSWERED}
    assert dropped == {record.id for record in many(8) if record.text.count(".") > 2}
    assert lost.counts["dropped"] == len(dropped) > 0


@pytest.mark.parametrize("kind", ["gpt2", "t5"])
def test_of_a_text_in_windows_every_token_and_character_is_counted_once(kind: str, tiny: Callable[[str], Path]) -> None:
    text = "All that is written once is foretold once. " * 40
    whole = untrained(tt.task("generation"), tiny(kind))
    cut = with_options(whole, max_length=64)
    record = tt.task("generation").record(answer=text, id="long")
    lost = Lost()
    ((_, found),) = likelihoods(cut.net, cut.head, [record], lost)
    assert lost.counts == {"split": 1}
    assert found.tokens == len(answer_ids(whole.head, text))
    assert found.characters == len(text)
    assert found.nats > 0
