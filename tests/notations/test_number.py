"""Numbers, spelled and read."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.notations import number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_written_is_read(value):
    assert number.read(number.write(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([" .", "."]))
def test_what_an_uncased_word_piece_tokenizer_makes_of_it_is_read(value, point):
    written = re.sub(r"([-+])", r" \1 ", number.write(value)).replace(".", f"{point} ")
    assert number.read(written.strip()) == value


@given(st.text())
def test_whatever_is_read_is_a_finite_number_or_none(text):
    value = number.read(text)
    assert value is None or math.isfinite(value)


@pytest.mark.parametrize(("value", "spelled"), [(3.8, "3.8"), (5.0, "5"), (-0.25, "-0.25"), (5, "5"), (0.1, "0.1")])
def test_the_spelling_is_short(value, spelled):
    assert number.write(value) == spelled


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_has_no_spelling(value):
    with pytest.raises(ValueError, match="not a finite number"):
        number.write(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("score: 3.8 of 5", 3.8),
        ("3 . 8", 3.8),
        ("I say 3.", 3),
        ("3. 5 would do", 3.5),
        ("I say 3. No more", 3),
        ("- 0. 25", -0.25),
        ("it is - 5", 5),
        ("it is: - 5", -5),
        ("2. 5e - 07", 2.5e-07),
        ("1e + 21", 1e21),
        (".5", 0.5),
        ("-2", -2),
        ("\u22122.5", -2.5),
        ("top-5", 5),
        ("top - 5", 5),
        ("1e3!", 1000),
        ("1e999", None),
        ("none", None),
        ("", None),
    ],
)
def test_the_first_number_is_read(text, value):
    assert number.read(text) == value
