"""Spans written as lines, and found again in the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.answers import Span
from tasktune.notations import lines
from tasktune.notations.escapes import escaped
from tasktune.notations.surfaces import spelled, unspelled

HARD = st.text(st.sampled_from("ab( 2)\n\\:;5c\u00a0é人\u2028"), min_size=1, max_size=12)
TEXTS = HARD | st.text(min_size=1, max_size=40)


@st.composite
def texts_and_spans(draw):
    text = draw(TEXTS)
    labels = draw(st.lists(HARD | st.sampled_from(["PER", "none"]), min_size=1, max_size=3, unique=True))
    place = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)), st.sampled_from(labels))
    spans = draw(st.sets(place.filter(lambda p: p[0] < p[1]).map(lambda p: Span(*p)), max_size=6))
    return text, tuple(sorted(spans, key=lambda s: (s.start, s.end, s.label))), tuple(labels)


@given(texts_and_spans())
def test_what_is_written_is_read(given):
    text, spans, labels = given
    assert lines.read(text, lines.write(text, spans), labels) == spans
    assert lines.read(text, lines.write(text, spans), ()) == spans


@given(texts_and_spans())
def test_blanks_around_lines_and_colons_and_foreign_lines_change_nothing(given):
    text, spans, labels = given
    written = [line.replace(": ", "  :   ", 1) + "  " for line in lines.write(text, spans).split("\n")]
    assert lines.read(text, "\n\n".join(["I found these", *written, "???"]), labels) == spans


@given(*[st.text(st.sampled_from(" \n\t\u00a0\u2028"), max_size=3)] * 2, st.text(st.sampled_from("ab(2)\\;é人"), min_size=1))
def test_blanks_beside_the_white_space_that_a_surface_ends_with_change_nothing(before, after, core):
    parts = [*map(escaped, before), spelled(core), *map(escaped, after)]
    assert unspelled("".join(parts)) == unspelled(f" {'  '.join(parts)} ") == before + core + after


@given(st.text(max_size=40), st.text(st.sampled_from("PERab: ()2\n\\;é")), st.lists(st.text(max_size=3), max_size=3))
def test_whatever_is_written_reading_it_gives_spans_of_the_text(text, written, labels):
    for span in lines.read(text, written, tuple(labels)):
        assert 0 <= span.start < span.end <= len(text)
        assert not labels or span.label in labels


def surfaces(text, written, *labels):
    return [(text[s.start : s.end], s.label, s.start) for s in lines.read(text, written, labels)]


def test_a_line_is_as_plain_as_can_be():
    text = "Ada met Ada in Paris."
    spans = [Span(0, 3, "PER"), Span(15, 20, "LOC"), Span(8, 11, "PER")]
    assert lines.write(text, spans) == "PER: Ada\nPER: Ada\nLOC: Paris"
    assert lines.write(text, spans[1:]) == "PER: Ada (2)\nLOC: Paris"
    assert lines.write(text, []) == "none"


def test_whole_words_come_first():
    assert surfaces("RUSSIA and the US", "LOC: US", "LOC") == [("US", "LOC", 15)]
    assert surfaces("RUSSIA and the US", "LOC: US (2)", "LOC") == [("US", "LOC", 1)]


def test_a_line_repeated_more_often_than_the_surface_occurs_adds_nothing():
    assert surfaces("Ada met Ada", "PER: Ada\n" * 9, "PER") == [("Ada", "PER", 0), ("Ada", "PER", 8)]


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        ("in the U.S. today", "loc : u . s .", [("U.S.", "LOC", 7)]),
        ("Zürich!", "loc: zurich", [("Zürich", "LOC", 0)]),
        ("Zu\u0308rich, Cafe\u0301.", "loc: cafe", [("Cafe\u0301", "LOC", 9)]),
        ("the New\n York Times", "Loc : new york", [("New\n York", "LOC", 4)]),
        (
            "STRASSE und Straße",
            "loc: strasse",
            [
                ("STRASSE", "LOC", 0),
            ],
        ),
        (
            "Zürich, Ada",
            "loc : zurich\nper : \\20 ; ada\nper : a da",
            [("Zürich", "LOC", 0), (" Ada", "PER", 7), ("Ada", "PER", 8)],
        ),
        ("in Bern now", "loc: Bern\nloc: bern \\ 2 0 ;", [("Bern", "LOC", 3), ("Bern ", "LOC", 3)]),
        ("Bern", "loc: Bern\\20;", [("Bern", "LOC", 0)]),
        ("Ada, ADA", "loc: ada ( 2 )", [("ADA", "LOC", 5)]),
        ("a U.S. man, Bob", "loc : u . s . per : bob", [("U.S.", "LOC", 2), ("Bob", "PER", 12)]),
        ("at 10:30 sharp", "loc: 10:30", [("10:30", "LOC", 3)]),
        ("Windows (2) is old", "loc: Windows (2)", [("Windows (2)", "LOC", 0)]),
        ("Ada", "xyz: Ada\nloc Ada\nloc: Bob\nloc:\n: Ada\nnone", []),
        ("北京和上海", "LOC：北京\nLOC: 上海", [("上海", "LOC", 3)]),
    ],
)
def test_reading_is_lenient(text, written, found):
    assert surfaces(text, written, "LOC", "PER") == found
