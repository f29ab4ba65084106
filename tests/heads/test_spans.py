"""Spans out of the odds of starts and ends: always in the text, one distribution over windows, none where odds are too low."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example as tried
from hypothesis import given
from hypothesis import strategies as st

from cases import untrained, with_options
from families import ENCODERS
from tasktune.answers import Span
from tasktune.core import Lost
from tasktune.heads.base import UNSAYABLE, Calibration
from tasktune.heads.spans import BestSpan, tokens_of
from tasktune.models.evaluation import calibrate, primary
from tasktune.models.inference import answers
from tasktune.models.model import Model
from tasktune.tasks import task
from tasktune.tasks.question_answering import QuestionAnswering

QA = task("question-answering")
READS = 32
ODD = ("", " ", "one", "  two words ", "👍👩‍👩‍👧", "北京, カフェ é\u0301", "\n\n\t", "word " * 300)

each_encoder = pytest.mark.parametrize("kind", ENCODERS)


@pytest.fixture(scope="module")
def reader(tiny: Callable[[str], Path]) -> Callable[[str], Model]:
    return cache(lambda kind: with_options(untrained(QA, tiny(kind)), max_length=READS))


def asked(text: str, answer: Any = (), answers: tuple[str, ...] = ()) -> QuestionAnswering:
    return QuestionAnswering(text=text, question="which one?", answer=answer, answers=answers, id="r")


def at(text: str, start: int, end: int) -> QuestionAnswering:
    return asked(text, (Span(start, end, "answer"),))


def raws_of(head: BestSpan, record: QuestionAnswering, logits: Callable[[int], np.ndarray]) -> list[Any]:
    """What a network would say of the record's windows, its logits given by a function of their number."""
    return [(f.start, logits(len(f.positions) - 1)) for f in head.encode(record, Lost())]


@each_encoder
def test_windows_hold_every_token_of_the_text_with_the_whole_question(kind: str, reader: Callable[[str], Model]) -> None:
    head = reader(kind).head
    for text in ODD:
        record = asked(text)
        ids = head.tokenizer(text, add_special_tokens=False)["input_ids"]
        question = head.tokenizer(record.question, add_special_tokens=False)["input_ids"]
        seen = set()
        for f in head.encode(record, Lost()):
            here = [f.inputs["input_ids"][k] for k in f.positions[1:]]
            assert here == ids[f.start : f.start + len(here)]
            assert len(f.inputs["input_ids"]) <= READS
            assert f.inputs["input_ids"][f.positions[0]] == head.tokenizer.cls_token_id
            assert question == f.inputs["input_ids"][1 : 1 + len(question)]
            seen |= {f.start + k for k in range(len(here))}
        assert seen == set(range(len(ids)))


@each_encoder
def test_only_an_absurdly_long_question_is_shortened_and_told(kind: str, reader: Callable[[str], Model]) -> None:
    lost = Lost()
    features = reader(kind).head.encode(replace(asked("here " * 50), question="why " * 100), lost)
    assert lost.counts["questions shortened"] == 1
    assert len(features) > 1
    assert all(len(f.positions) > READS // 4 or f is features[-1] for f in features)


@each_encoder
def test_any_logits_make_an_answer_in_the_text_and_one_distribution(kind: str, reader: Callable[[str], Model]) -> None:
    head = with_options(reader(kind), max_length=READS, n_best=5).head
    numbers = st.floats(-1e4, 1e4)

    @given(st.sampled_from(ODD) | st.text(max_size=60), st.integers(0, 2**32 - 1), numbers)
    @tried("word " * 10_000, 1, 3.0)
    def law(text: str, seed: int, size: float) -> None:
        record, chance = asked(text), np.random.default_rng(seed)
        raws = raws_of(head, record, lambda count: chance.normal(scale=abs(size), size=(2, count)).astype(np.float32))
        scored = head.answer(record, raws)
        units = head.units(record, raws)
        assert np.exp(units.log_p).sum() == pytest.approx(1.0)
        assert units.gold.tolist() == [0]
        found = [(scored.answer, scored.score), *scored.others]
        assert 0 <= sum(score for _, score in found) <= 1 + 1e-6
        assert len({answer for answer, _ in found}) == len(found)
        for (span,) in filter(None, (answer for answer, _ in found)):
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == text[span.start : span.end].strip()

    law()


@given(st.integers(1, 12), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_the_best_span_is_that_of_a_search_over_all(count: int, longest: int, seed: int) -> None:
    from tasktune.heads.spans import Tokens, _odds

    chance = np.random.default_rng(seed)
    may = chance.random((2, count)) < 0.8
    places = np.arange(count)
    tokens = Tokens(places, places + 1, *may)
    cut = count // 2
    windows = [(0, chance.normal(size=(2, count))), (cut, chance.normal(size=(2, count - cut)))]
    found = _odds(tokens, windows, longest)
    for first, last in product(range(count), range(count)):
        if not 0 <= last - first < min(longest, count):
            continue
        inside = [s[0][first - start] + s[1][last - start] for start, s in windows if start <= first]
        legal = may[0][first] and may[1][last]
        assert found[first, last - first] == pytest.approx(max(inside)) if legal else found[first, last - first] < -1e8


@each_encoder
def test_targets_are_the_answer_where_a_window_holds_it_and_none_elsewhere(kind: str, reader: Callable[[str], Model]) -> None:
    head = reader(kind).head
    text = "a " * 60 + "golden egg " + "a " * 60
    record = at(text, 120, 130)
    windows = head.supervise(record, lost := Lost())
    held = [f for f in windows if f.targets != (0, 0)]
    assert held
    assert len(held) < len(windows)
    tokens = tokens_of(head.tokenizer, text)
    for f in held:
        assert tokens.place((f.start + f.targets[0] - 1, f.start + f.targets[1] - 1)) == (120, 130)
    assert not lost.counts[UNSAYABLE]
    assert head.ceiling(record) == record.answer
    assert len(windows) + sum(_cut(f, tokens.cover((120, 130))) for f in head.encode(record, Lost())) == len(
        head.encode(record, Lost())
    )


def _cut(window: Any, cover: tuple[int, int]) -> bool:
    here = range(window.start, window.start + len(window.positions) - 1)
    return (cover[0] in here) != (cover[1] in here)


@each_encoder
def test_what_cannot_be_said_is_counted_and_no_ceiling(kind: str, reader: Callable[[str], Model]) -> None:
    head = reader(kind).head
    nowhere = asked("a b c", (), ("d",))
    assert head.unsayable(nowhere) == 1
    assert head.supervise(nowhere, lost := Lost()) == []
    assert lost.counts[UNSAYABLE] == 1
    blank = at("a \n b", 1, 4)
    assert head.unsayable(blank) == 1
    assert head.ceiling(blank) == ()
    long = at("word " * 100, 0, 495)
    assert head.ceiling(long) == ()
    assert head.supervise(long, lost := Lost()) == []
    assert lost.counts["answers that no window holds whole"] == 1
    bounded = with_options(reader(kind), max_new_tokens=1).head
    assert bounded.unsayable(at("Ada Lovelace wrote", 0, 18)) == 1


def test_an_answer_inside_of_a_word_becomes_the_word(reader: Callable[[str], Model]) -> None:
    head, record = reader("bert").head, at("from London, in 1843", 6, 9)
    tokens = tokens_of(head.tokenizer, record.text)
    place = tokens.place(tokens.cover((6, 9)))
    assert place[0] <= 6
    assert place[1] >= 9
    assert head.ceiling(record) == (Span(*place, "answer"),)
    assert head.unsayable(record) == int(place != (6, 9))


def test_none_is_answered_below_the_threshold(reader: Callable[[str], Model]) -> None:
    head, record = reader("bert").head, asked("one two three")
    raws = raws_of(head, record, lambda count: np.ones((2, count), np.float32))
    (choice,) = head.choices(record, raws)
    assert choice.odds == pytest.approx(2.0)
    assert replace(head, calibration=Calibration(thresholds=(1.9,))).answer(record, raws).answer
    assert replace(head, calibration=Calibration(thresholds=(2.1,))).answer(record, raws).answer == ()


def test_n_best_are_ordered_and_go_on_from_the_answer(reader: Callable[[str], Model]) -> None:
    model = with_options(reader("bert"), n_best=4)
    (prediction,) = model.predict([{"text": "one two three four", "question": "which?"}])
    probabilities = [score for _, score in prediction.scored.others]
    assert len(probabilities) == 3
    assert probabilities == sorted(probabilities, reverse=True)


def test_the_threshold_that_suits_the_records_is_found(reader: Callable[[str], Model]) -> None:
    """Told that nothing in these texts is an answer, the model answers nothing; told that all are, it answers all."""
    model = reader("bert")
    questions = [asked(text) for text in ("one two", "three four five", "six")]
    silent = model.calibrated(calibrate(QA, model.net, model.head, questions))
    assert [prediction.answer for prediction in silent.predict(questions)] == [()] * 3
    found = [
        replace(record, answer=silent.head.choices(record, raws)[0].given)
        for record, raws, _ in answers(model.net, model.head, questions, Lost())
    ]
    assert primary(QA, model.net, silent.head, found).main.value == 1  # nor does training hold its silence against it
    speaking = silent.calibrated(calibrate(QA, model.net, silent.head, found))
    assert [prediction.answer for prediction in speaking.predict(questions)] == [record.answer for record in found]
