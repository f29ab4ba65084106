"""What may be written of spans: all that is true, and nothing that cannot be read."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import HARD, MADE
from tasktune.answers import Span
from tasktune.forms import accepts
from tasktune.notations import lines
from tasktune.notations.line_form import SpanLines

TEXTS = st.text(st.sampled_from("ab( 2)\n\\:;5c\u00a0é人\u2028"), max_size=12) | st.text(max_size=40)
LABELS = st.lists(st.sampled_from(["PER", "none", "A:B", " x ", "\\", "a"]), max_size=3, unique=True).map(sorted).map(tuple)


@st.composite
def texts_and_spans(draw):
    text, labels = draw(TEXTS.filter(bool)), draw(LABELS.filter(bool))
    place = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)), st.sampled_from(labels))
    return text, labels, draw(st.sets(place.filter(lambda p: p[0] < p[1]).map(lambda p: Span(*p)), max_size=6))


def walked(form, seed, pieces=60):
    """A text that the form allows, its pieces drawn by chance, and whether it came to its end within so many."""
    chance, state, text = random.Random(seed), form.start, ""
    for _ in range(pieces):
        steps = list(form.steps(state))
        assert steps or form.whole(state), "a dead end"
        if not steps or (form.whole(state) and chance.random() < 0.2):
            return text, True
        piece, state = chance.choice(steps)
        text += piece
    return text, False


@given(texts_and_spans())
def test_the_truth_is_never_forbidden(given):
    text, labels, spans = given
    assert accepts(SpanLines(text, labels), lines.write(text, spans))


@pytest.mark.parametrize("record", HARD["ner"])
def test_nor_is_that_of_hard_records(record):
    labels = tuple(sorted({span.label for span in record.answer}))
    assert accepts(SpanLines(record.text, labels), lines.write(record.text, record.answer))


@given(MADE["ner"])
def test_nor_that_of_any_record(record):
    labels = tuple(sorted({span.label for span in record.answer}))
    assert accepts(SpanLines(record.text, labels), lines.write(record.text, record.answer))


@given(TEXTS, LABELS, st.integers())
def test_what_is_written_is_spelled_as_the_notation_spells_it_and_every_line_is_read(text, labels, seed):
    written, finished = walked(SpanLines(text, labels), seed)
    if not finished:
        written = written.rpartition("\n")[0]
    spans = lines.read(text, written, labels)
    assert len(spans) == (0 if written in ("", "none") else written.count("\n") + 1)
    assert all(span.label in labels for span in spans)
    if written:
        assert lines.write(text, spans) == written


@pytest.mark.parametrize(
    ("written", "allowed"),
    [
        ("none", True),
        ("PER: Ada", True),
        ("PER: Ada\nPER: Ada", True),
        ("PER: Ada (2)", True),
        ("PER: Ada (2)\nPER: Ada", False),
        ("PER: Ada\nPER: Ada\nPER: Ada", False),
        ("PER: Ada\nnone", False),
        ("PER: Bob", False),
        ("LOC: Ada", False),
        ("PER: ", False),
        ("PER: Ada met", True),
        ("PER: met Ada\nPER: Ada", False),
        ("", False),
    ],
)
def test_lines_are_of_the_text_in_its_order_and_each_of_another_span(written, allowed):
    assert accepts(SpanLines("Ada met Ada", ("PER",)), written) is allowed


def test_where_there_are_no_labels_or_no_text_nothing_is_said():
    for form in (SpanLines("Ada", ()), SpanLines("", ("PER",))):
        assert list(form.steps(form.start)) == [("none", "none")]
