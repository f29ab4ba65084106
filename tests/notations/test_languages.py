"""Languages by any of their names, and the codes of checkpoints that they are nearest to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.notations.languages import agree, english_name, is_language, nearest

NLLB = ("deu_Latn", "eng_Latn", "zho_Hans", "zho_Hant", "arb_Arab", "arz_Arab", "srp_Cyrl", "nob_Latn", "yue_Hant", "quy_Latn")
MBART = ("en_XX", "de_DE", "zh_CN", "pt_XX", "ar_AR")
OPUS = ("deu", "eng", "cmn", "cmn_Hans", "cmn_Hant", "pt", "pt_br", "srp_Latn", "srp_Cyrl")


@pytest.mark.parametrize("name", ["de", "DE", "deu", "ger", "de_DE", "de-AT", "deu_Latn", "German", " german "])
def test_a_language_has_many_names(name: str) -> None:
    assert is_language(name)
    assert english_name(name) == "German"
    assert nearest(name, NLLB) == "deu_Latn"
    assert nearest(name, MBART) == "de_DE"


@pytest.mark.parametrize(
    ("name", "codes", "code"),
    [
        ("zh", NLLB, "zho_Hans"),
        ("zh_CN", NLLB, "zho_Hans"),
        ("zh-TW", NLLB, "zho_Hant"),
        ("Chinese (Traditional)", NLLB, "zho_Hant"),
        ("zho_Hant", MBART, "zh_CN"),
        ("zh-Hant", OPUS, "cmn_Hant"),
        ("cmn", OPUS, "cmn"),
        ("Arabic", NLLB, "arb_Arab"),
        ("arz_Arab", NLLB, "arz_Arab"),
        ("no", NLLB, "nob_Latn"),
        ("quy_Latn", NLLB, "quy_Latn"),
        ("yue", NLLB, "yue_Hant"),
        ("pt-BR", OPUS, "pt_br"),
        ("pt", OPUS, "pt"),
        ("sr", OPUS, "srp_Cyrl"),
        ("fr", NLLB, None),
        ("", NLLB, None),
        ("Klingon", NLLB, None),
    ],
)
def test_the_nearest_code_is_taken(name: str, codes: tuple[str, ...], code: str | None) -> None:
    assert nearest(name, codes) == nearest(name, codes[::-1]) == code


def test_what_is_no_language_keeps_its_name() -> None:
    assert english_name("Klingon") == "Klingon"
    assert not any(map(is_language, ("", "text", "1", "source", "label")))


@given(st.text(max_size=12))
def test_any_name_is_taken(name: str) -> None:
    assert isinstance(is_language(name), bool)
    assert english_name(name) or not name
    assert nearest(name, NLLB) in (*NLLB, None)


@pytest.mark.parametrize(
    ("one", "other", "do"),
    [
        ("en", "en-US", True),
        ("German", "de_AT", True),
        ("deu_Latn", "de-DE", True),
        ("zh_CN", "zho_Hans", True),
        ("zh", "zh-TW", True),
        ("en_XX", "en-GB", True),
        ("Klingon", "klingon", True),
        ("en-US", "en-GB", False),
        ("zh-CN", "zh-TW", False),
        ("sr-Latn", "sr-Cyrl", False),
        ("de", "nl", False),
    ],
)
def test_names_agree_where_they_do_not_name_different_things(one: str, other: str, do: bool) -> None:
    assert agree(one, other) is agree(other, one) is do
