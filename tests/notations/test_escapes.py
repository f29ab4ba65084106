"""Escapes: any sign, there and back."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tasktune.notations.escapes import escape, unescape

TEXTS = st.text() | st.text(st.sampled_from("\\5c;, a\n"))


@given(TEXTS)
def test_what_is_escaped_is_unescaped(text):
    written = escape(text, re.compile(r"[,\n]"))
    assert unescape(written) == text
    assert not set(written) & set(",\n")


def test_what_is_no_escape_stays():
    assert escape("a, b\n", re.compile(r"[,\n]")) == "a\\2c; b\\a;"
    assert unescape("C:\\temp \\ffffff; \\;") == "C:\\temp \\ffffff; \\;"
    assert unescape("a \\ 2c ; b") == "a , b"  # as a WordPiece tokenizer writes it
    assert unescape("a \\ 2 c ; b") == "a , b"  # as one writes it that knows few figures
