"""Sentences chosen by how probably each is taken: whole ones, as many as usual, none that says the same again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import example, untrained, with_options
from families import ENCODERS
from tasktune.answers import Span
from tasktune.core import InputError, Lost, Row
from tasktune.heads.base import UNSAYABLE, Calibration
from tasktune.models.baseline import baseline
from tasktune.models.evaluation import measure
from tasktune.models.inference import answers
from tasktune.models.model import Model
from tasktune.recipe import Recipe
from tasktune.tasks import task
from tasktune.tasks.summarization_extractive import LABEL, SummarizationExtractive
from tasktune.verbs.fit import fit

TASK = task("summarization-extractive")
READS = 32
ODD = ("", " ", "one", "  two words ", "👍👩‍👩‍👧", "北京。カフェ！é\u0301", "\n\n\t", "word " * 300, "One more. " * 100)

each_encoder = pytest.mark.parametrize("kind", ENCODERS)


@pytest.fixture(scope="module")
def reader(tiny: Callable[[str], Path]) -> Callable[[str], Model]:
    return cache(lambda kind: with_options(untrained(TASK, tiny(kind)), max_length=READS))


def told(text: str, *taken: int) -> SummarizationExtractive:
    """A text of which these sentences are taken."""
    bare = SummarizationExtractive(text=text, id="r")
    places = TASK.encoder.parts(bare)
    return replace(bare, answer=tuple(Span(*places[k], LABEL) for k in taken))


def raws_of(model: Model, record: SummarizationExtractive, yes: list[float]) -> list[Any]:
    """What a network would say of the record's windows, given the probability of each sentence."""
    log_p = np.log(np.array([[1 - p, p] for p in yes]).clip(1e-6))
    return [(f.start, log_p[f.start : f.start + len(f.positions)]) for f in model.head.encode(record, Lost())]


@each_encoder
@pytest.mark.parametrize("text", ODD)
def test_what_is_chosen_are_sentences_of_the_text(kind: str, text: str, reader: Callable[[str], Model]) -> None:
    model = with_options(reader(kind), sentences=2)
    ((record, _, scored),) = answers(model.net, model.head, [told(text)], Lost())
    places = TASK.encoder.parts(record)
    assert {(span.start, span.end) for span in scored.answer} <= set(places)
    assert list(scored.answer) == sorted(scored.answer, key=lambda span: span.start)
    assert len(scored.answer) == min(2, len({text[start:end] for start, end in places}))  # what is said again is left
    assert 0 < scored.score <= 1
    assert len(scored.scores) == len(scored.answer)
    assert all(0 <= score <= 1 for score in scored.scores)


@given(st.lists(st.floats(0.01, 0.99), min_size=5, max_size=5), st.integers(1, 6))
def test_the_most_probable_are_taken_in_the_order_of_the_text(yes: list[float], count: int) -> None:
    framing = TASK.encoder
    record = told("Ann ran. Bob sat. Cid hid. Dan sang. Eve won.")
    taken = framing.choose(record, yes, count)
    assert sum(taken) == min(count, 5)
    kept, left = ([p for p, is_taken in zip(yes, taken, strict=True) if is_taken is wanted] for wanted in (True, False))
    assert not left or min(kept) >= max(left)


@each_encoder
def test_there_are_as_many_as_usual_or_as_the_recipe_says(kind: str, reader: Callable[[str], Model]) -> None:
    model = reader(kind).calibrated(Calibration(parts=2.4))
    record = told("Ann ran. Bob sat. Cid hid. Dan sang.")
    raws = raws_of(model, record, [0.1, 0.9, 0.3, 0.6])
    assert model.head.answer(record, raws).answer == told(record.text, 1, 3).answer
    three = with_options(model, sentences=3).head.answer(record, raws)
    assert three.answer == told(record.text, 1, 2, 3).answer
    assert three.scores == pytest.approx((0.9, 0.3, 0.6))
    assert three.score == pytest.approx((0.9 * 0.9 * 0.3 * 0.6) ** 0.25)


@each_encoder
def test_windows_hold_every_sentence_and_those_cut_off_are_never_taken(kind: str, reader: Callable[[str], Model]) -> None:
    model = reader(kind)
    record = told("Ann ran far. " * 30, 29)
    features = model.head.encode(record, Lost())
    assert len(features) > 1
    assert all(f.length <= READS for f in features)
    assert {k for f in features for k in range(f.start, f.start + len(f.positions))} == set(range(30))
    cut = with_options(model, lossy="truncate")
    raws = raws_of(cut, record, [0.1] * 30)
    assert cut.head.ceiling(record) == ()
    assert model.head.ceiling(record) == record.answer
    assert all(span.start < 200 for span in with_options(cut, sentences=30).head.answer(record, raws).answer)


@each_encoder
def test_spans_that_are_no_sentences_are_counted(kind: str, reader: Callable[[str], Model]) -> None:
    lost = Lost()
    record = replace(told("Ann ran. Bob sat."), answer=(Span(9, 16, LABEL),))
    reader(kind).head.supervise(record, lost)
    assert lost.counts[UNSAYABLE] == 1


def test_the_baseline_is_lead_and_the_ceiling_the_oracle(reader: Callable[[str], Model]) -> None:
    rows = [
        {"text": "Ann ran. Bob sat. Cid hid.", "answer": "Bob sat, Cid hid"},
        {"text": "Ann ran. Bob sat.", "answer": "Bob"},
    ]
    records = [TASK.record.from_row(Row(row)) for row in rows]
    lead = baseline(TASK, records[:1], records[:1])  # two sentences are usual
    assert lead is not None
    assert lead.values["rouge1"].value == pytest.approx(0.5)
    model = reader(ENCODERS[0])
    assert measure(TASK, model.net, model.head, records[:1]).ceiling["rouge1"] == 1.0


@pytest.mark.slow
def test_tuning_learns_how_many_are_usual(tiny: Callable[[str], Path]) -> None:
    records = [replace(told("Ann ran. Bob sat. Cid hid.", 0, 2), id=f"r{k}") for k in range(4)]
    model = fit("summarization-extractive", records, records, str(tiny(ENCODERS[0])), recipe=Recipe(epochs=1))
    assert model.head.calibration.parts == 2.0
    assert len(model.predict([records[0].text])[0].answer) == 2


def test_no_sentences_at_all_are_no_number_of_sentences() -> None:
    with pytest.raises(InputError, match="sentences must be more than 0"):
        Recipe(sentences=0)


def test_the_example_has_as_many_each() -> None:
    assert {len(record.answer) for record in example("summarization-extractive")} == {1}
