"""What every task owes, with no model at all: what is written is read, gold scores full marks, JSON keeps records."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import HARD, MADE
from tasktune.answers import Span
from tasktune.core import Likelihood, Record, Row
from tasktune.framings import Framing
from tasktune.metrics.bootstrap import Tally
from tasktune.notations.plain import record_as_json
from tasktune.notations.words import words
from tasktune.tasks import NAMES, task
from tasktune.tasks.ner import NER

each_task = pytest.mark.parametrize("name", NAMES)
FRAMINGS = {
    (name, id(framing)): (framing, f"{name}-{family}") for name in NAMES for family, framing in task(name).framings().items()
}
"""Every framing of every task, once: families that are asked in one way share the object."""
each_framing = pytest.mark.parametrize(
    ("name", "framing"), [pytest.param(name, framing, id=said) for (name, _), (framing, said) in FRAMINGS.items()]
)


def read_back(framing: Framing, record: Record, labels: tuple[str, ...]) -> Any:
    return framing.read(record, framing.write(record), labels)


def check(framing: Framing, record: Record) -> None:
    """The law, with the label set that the record alone makes and, for text, with none."""
    assert read_back(framing, record, framing.inventory(framing.names(record))) == record.answer
    assert read_back(framing, record, ()) == record.answer


def test_hard_records_are_known_for_every_task() -> None:
    assert set(HARD) == set(MADE) == set(NAMES)


@each_framing
def test_what_is_written_is_read_examples_and_hard_records(name: str, framing: Framing) -> None:
    for record in (*task(name).example, *HARD[name]):
        check(framing, record)


@each_framing
def test_what_is_written_is_read_any_record(name: str, framing: Framing) -> None:
    given(MADE[name])(lambda record: check(framing, record))()


@each_framing
def test_the_labels_of_other_records_change_nothing(name: str, framing: Framing) -> None:
    labels = framing.inventory(label for record in (*task(name).example, *HARD[name]) for label in framing.names(record))
    for record in HARD[name]:
        assert read_back(framing, record, labels) == record.answer


@each_task
def test_gold_answers_score_full_marks(name: str) -> None:
    found = task(name)
    tally = Tally(found.metric)
    for record in found.example:
        tally.add(record, {"likelihood": Likelihood(0.0, 3, 9), "answers": (record.answer,)}.get(found.metric.of, record.answer))
    full = {"translation": 100.0, "captions": 10.0}.get(found.metric.name, 1.0)  # as sacrebleu and CIDEr-D count
    assert tally.scores().main.value == pytest.approx(full)


@pytest.mark.parametrize("name", [name for name in NAMES if task(name).metric.of != "likelihood"])
def test_an_unreadable_answer_is_scored_and_wrong(name: str) -> None:
    found = task(name)
    tally = Tally(found.metric)
    for record in found.example:
        tally.add(record, (None,) if found.metric.of == "answers" else None)
    assert not tally.scores().main.value > 0.5


def from_json(record: Record) -> Record:
    """The record out of its JSON, as a file would give it."""
    return type(record).from_row(Row(json.loads(json.dumps(record_as_json(record)))))


@each_task
def test_no_two_metrics_of_a_task_have_a_figure_of_the_same_name(name: str) -> None:
    found = task(name)
    figures: list[str] = []
    for metric in found.metrics:
        tally = Tally(metric, replicates=0)
        for record in (metric.asked(record) for record in found.example):
            if record is not None:
                tally.add(
                    record, {"likelihood": Likelihood(0.0, 3, 9), "answers": (record.answer,)}.get(metric.of, record.answer)
                )
        figures += tally.figures()
    assert len(figures) == len(set(figures))


@each_task
def test_a_record_survives_json_examples_and_hard_records(name: str) -> None:
    for record in (*task(name).example, *HARD[name]):
        assert from_json(record) == record


@each_task
def test_a_record_survives_json_any_record(name: str) -> None:
    def law(record: Record) -> None:
        assert from_json(record) == record

    given(MADE[name])(law)()


@st.composite
def _any_spans(draw: Any) -> NER:
    """Spans anywhere: inside of words, on top of each other."""
    text = draw(st.text(st.sampled_from("ab. "), min_size=1, max_size=20))
    edges = st.integers(0, len(text))
    places = draw(st.sets(st.tuples(edges, edges).filter(lambda p: p[0] < p[1]), max_size=4))
    return NER(text=text, answer=tuple(Span(*place, "X") for place in sorted(places)))


@given(_any_spans())
def test_what_tags_cannot_say_is_counted(record: NER) -> None:
    framing = task("ner").encoder
    kept = read_back(framing, record, ())
    assert set(kept) <= set(record.answer)
    assert framing.lost(record) == len(record.answer) - len(kept)
    assert words(record.text) or not kept
