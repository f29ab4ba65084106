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
from tasktune.models import inference
from tasktune.models.inference import UNANSWERED, answers
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
