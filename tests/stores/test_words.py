from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.stores.words import words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Don't STOP, snake_case: 3.14!", ["don", "t", "stop", "snake", "case", "3", "14"]),
        ("Straße ＡＢＣ ﬁn", ["strasse", "abc", "fin"]),
        ("東京都", ["東", "東京", "京", "京都", "都"]),
        ("GPT4は強い", ["gpt4", "は", "は強", "強", "強い", "い"]),
        ("猫", ["猫"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("กินข้าว", ["กิ", "กิน", "น", "นข้", "ข้", "ข้า", "า", "าว", "ว"]),
        ("학교에서", ["학", "학교", "교", "교에", "에", "에서", "서"]),
        ("café naïve", ["café", "naïve"]),
        ("🙂 — \t\0", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text())
def test_words_are_folded_and_have_nothing_that_parts_words(text: str) -> None:
    for word in words(text):
        assert word
        assert not set(word) & set(" \t\n\"'()*:^-+,.")
        assert words(word)[0] in word


@given(st.text(alphabet="abcß東京ก้า กŉ ﬀé"))
def test_case_and_form_make_no_difference(text: str) -> None:
    import unicodedata

    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))
