"""What a form owes: it never forbids the truth, it has no dead ends, and all that it allows can be read."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import HARD, MADE
from tasktune.core import Record
from tasktune.forms import Automaton, accepts
from tasktune.framings import Text
from tasktune.tasks import NAMES, task

FORMED = [name for name in NAMES if getattr(task(name).decoder, "form", None)]

each_task = pytest.mark.parametrize("name", FORMED)


def form_of(framing: Text[Any], record: Record) -> tuple[Automaton, tuple[str, ...]]:
    """The form of a record's answer where the labels are those that it shows."""
    labels = framing.inventory(framing.names(record))
    return framing.form(record, labels), labels


def walked(form: Automaton, seed: int, pieces: int = 60) -> tuple[str, bool]:
    """A text that the form allows, its pieces drawn by chance, and whether it came to its end within so many."""
    chance, state, text = random.Random(seed), form.start, ""
    for _ in range(pieces):
        steps = list(form.steps(state))
        assert steps or form.whole(state), "a dead end"
        if not steps or (form.whole(state) and chance.random() < 0.2):
            return text, True
        piece, state = chance.choice(steps)
        assert piece
        text += piece
    return text, form.whole(state)


def test_tasks_whose_answers_are_structured_have_a_form() -> None:
    assert {"dependency-parsing", "multilabel", "ner", "pos", "regression"} <= set(FORMED)


@each_task
def test_the_truth_is_never_forbidden(name: str) -> None:
    framing = task(name).decoder

    def law(record: Record) -> None:
        assert accepts(form_of(framing, record)[0], framing.write(record))

    for record in (*task(name).example, *HARD[name]):
        law(record)
    given(MADE[name])(law)()


@each_task
def test_what_is_allowed_is_read_and_written_again_is_the_same(name: str) -> None:
    framing = task(name).decoder

    def law(record: Any, seed: int) -> None:
        form, labels = form_of(framing, record)
        written, whole = walked(form, seed)
        if whole and name not in ("regression", "reranking"):  # a number has many spellings
            answer = framing.read(record, written, labels)
            assert (
                framing.write(type(record)(**{f: getattr(record, f) for f in record.field_names()} | {"answer": answer}))
                == written
            )
        elif whole:
            assert framing.read(record, written, labels) == float(written)

    for record in (*task(name).example, *HARD[name]):
        for seed in range(5):
            law(record, seed)
    given(MADE[name], st.integers())(law)()
