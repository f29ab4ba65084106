"""Raw text, cut into words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.notations.words import words

TEXTS = st.text() | st.text(st.sampled_from("aB1.,:'’-nts é\u0301\u200d人か_\n"))


@given(TEXTS)
def test_words_are_in_order_and_cover_every_character_but_white_space(text):
    places = words(text)
    before = 0
    for start, end in places:
        assert before <= start < end
        assert text[before:start].strip() == ""
        assert not any(c.isspace() for c in text[start:end])
        before = end
    assert text[before:].strip() == ""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ada wrote to C. Babbage.", "Ada wrote to C . Babbage ."),
        ("the U.S. and O'Brien at example.org", "the U.S . and O'Brien at example.org"),
        ("$1,000.50 at 10:30, or 3.8%", "$ 1,000.50 at 10:30 , or 3.8 %"),
        ("a,b a:b 1,b", "a , b a : b 1 , b"),
        ("New York-based, well-known", "New York - based , well - known"),
        ("Obama's dogs' toys, we'll, I'M, they’re", "Obama 's dogs ' toys , we 'll , I 'M , they ’re"),
        ("don't, can’t, DON'T, 's n't", "do n't , ca n’t , DO N'T , ' s n't"),
        ("'quoted' and l'avion", "' quoted ' and l'avion"),
        ("北京2024年、かな", "北 京 2024 年 、 か な"),
        ("na\u00efve cafe\u0301 हिन्दी 한국어", "na\u00efve cafe\u0301 हिन्दी 한국어"),
        ("a_b/c(d)...", "a _ b / c ( d ) . . ."),
    ],
)
def test_words_are_cut_as_described(text, parts):
    assert [text[start:end] for start, end in words(text)] == parts.split()


def test_time_grows_with_the_length_and_no_faster():
    for hard in ("a.", "a'", "1,", "n't", "-", "e\u0301"):
        words(hard * 100)
        begin = time.perf_counter()
        words(hard * 50_000)
        assert time.perf_counter() - begin < 2, hard
