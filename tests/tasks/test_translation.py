"""Texts, their translations and their languages out of rows, and what a model is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tasktune as tt
from cases import untrained
from rows import read
from tasktune.core import InputError, Lost
from tasktune.datasets import records
from tasktune.tasks.translation import Translation

TASK = tt.task("translation")


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"text": "a", "answer": "b"}, ("a", "b", "", "")),
        ({"source": "a", "target": "b", "src_lang": "en", "tgt_lang": "de"}, ("a", "b", "en", "de")),
        ({"en": "a", "de": "b"}, ("a", "b", "en", "de")),
        ({"de": "b", "en": "a", "id": "7"}, ("b", "a", "de", "en")),
        ({"English": "a", "German": "b", "n": 3}, ("a", "b", "English", "German")),
        ({"en": "a", "de": "b", "source_language": "ger"}, ("b", "a", "ger", "en")),
        ({"en": "a", "de": "b", "fr": "c", "target_language": "fra_Latn"}, ("a", "c", "en", "fra_Latn")),
        ({"translation": {"en": "a", "de": "b"}}, ("a", "b", "en", "de")),
        ({"translation": {"en": "a", "de": "b"}, "source_language": "de"}, ("b", "a", "de", "en")),
        ({"1": "a", "2": "b"}, ("a", "b", "", "")),
        ({"1": "a", "2": "b", "3": "CC-BY", "target_language": "zh"}, ("a", "b", "", "zh")),
        ({"en": "a"}, ("a", None, "en", "")),
        ({"text": "a", "references": ["b", "c"]}, ("a", "b", "", "")),
    ],
)
def test_a_row_holds_two_texts_and_their_languages(values: dict[str, Any], found: tuple[str | None, ...]) -> None:
    record = read("translation", **values)
    assert (record.text, record.answer, record.source_language, record.target_language) == found


def test_a_row_without_a_text_is_refused() -> None:
    with pytest.raises(InputError, match=r"input 1: no 'text' here, only: answer \("):
        read("translation", answer="b")


def test_suffixes_and_values_for_all_tell_the_languages(tmp_path: Path) -> None:
    for name, line in (("val.en", "A dog.\n"), ("val.de", "Ein Hund.\n"), ("plain.tsv", "A dog.\tEin Hund.\n")):
        (tmp_path / name).write_text(line)
    (moses,) = records(TASK, f"{tmp_path}/val.en,{tmp_path}/val.de")
    (table,) = records(TASK, f"{tmp_path}/plain.tsv", {"source_language": "=en", "target_language": "=de"})
    for record in (moses, table):
        assert record == Translation(text="A dog.", answer="Ein Hund.", source_language="en", target_language="de", id=record.id)


UNIT = (
    "<tmx><header srclang='en'/><tu><tuv xml:lang='en-US'><seg>one</seg></tuv><tuv xml:lang='de'><seg>eins</seg></tuv>"
    "<tuv xml:lang='fr'><seg>un</seg></tuv></tu></tmx>"
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"target": "fr"}, [("one", None, "en-US", "fr"), ("one", "un", "en-US", "fr")]),
        ({"source": "en", "target": "German"}, [("one", "eins", "en", "German"), ("one", None, "en-US", "German")]),
        ({"source": "de", "target": "en"}, [("eins", "one", "de", "en"), ("one", None, "en-US", "fr")]),
        ({"target": "en"}, [("eins", "one", "de", "en"), ("un", "one", "fr", "en")]),
        ({"source": "fr"}, [("one", None, "en-US", "de"), ("un", "one", "fr", "en-US")]),
        ({"source": "en_GB"}, [("one", None, "en-US", "de"), ("one", None, "en-US", "fr")]),
        ({}, [("one", "eins", "en-US", "de"), ("one", "un", "en-US", "fr")]),
    ],
)
def test_of_several_languages_those_are_taken_that_are_asked_for(tmp_path: Path, asked: dict[str, str], found: list[Any]) -> None:
    (tmp_path / "memory.tmx").write_text(UNIT, encoding="utf-8")
    there = records(TASK, tmp_path / "memory.tmx", {f"{side}_language": f"={name}" for side, name in asked.items()})
    assert [(record.text, record.answer, record.source_language, record.target_language) for record in there] == found


@pytest.mark.parametrize(
    ("row", "target"),
    [
        ({"source_language": "de", "target_language": "en"}, "en"),
        ({"src_lang": "de_AT", "Target_Language": "fr"}, "fr"),
        ({"source_language": "de"}, "en"),
        ({"source_language": "fr", "target_language": "en"}, "de"),
    ],
)
def test_no_text_is_translated_into_its_own_language(row: dict[str, str], target: str) -> None:
    (record,) = records(TASK, [{"text": "eins", **row}], {"source_language": "=en", "target_language": "=de"})
    assert (record.answer, record.source_language, record.target_language) == (None, next(iter(row.values())), target)


def test_languages_under_other_names_and_references_are_heeded_too() -> None:
    row = {"text": "one", "references": ["eins"], "tgt_lang": "de"}
    french, german = (next(records(TASK, [row], {"target_language": f"={name}"})) for name in ("fr", "de"))
    assert (french.answer, french.references, french.target_language) == (None, (), "fr")
    assert (german.answer, german.references, german.target_language) == ("eins", ("eins",), "de")


@pytest.mark.parametrize(
    ("languages", "asked"),
    [
        (("en", "de"), "Translate this from English to German:\nEnglish: a\nGerman:"),
        (("", "zho_Hans"), "Translate this to Chinese:\na\nChinese:"),
        (("Klingon", ""), "Translate this from Klingon:\nKlingon: a\nTranslation:"),
        (("", ""), "Translate this:\na\nTranslation:"),
    ],
)
def test_the_prompt_names_the_languages_that_are_known(languages: tuple[str, str], asked: str) -> None:
    source, target = languages
    prompt = TASK.decoder.prompt(Translation(text="a", source_language=source, target_language=target))
    assert str(prompt) == asked
    assert prompt.prefix == ("translate English to German: " if languages == ("en", "de") else "")


def test_a_record_takes_the_languages_of_all_that_was_learnt_from() -> None:
    pair = TASK.decoder.inventory(TASK.decoder.names(Translation(text="a", source_language="en", target_language="de")))
    plain = Translation(text="a")
    told = TASK.decoder.complete(plain, pair)
    assert (told.source_language, told.target_language) == ("en", "de")
    french = TASK.decoder.complete(Translation(text="a", target_language="fr"), pair)
    assert (french.source_language, french.target_language) == ("en", "fr")
    assert TASK.decoder.complete(plain, (*pair, "de → en")) == TASK.decoder.complete(plain, ()) == plain


def test_a_tuned_model_asks_for_its_pair_where_nothing_is_said(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    some = [Translation(text=text, answer=text[::-1], source_language="en", target_language="de") for text in ("ab", "cd", "ef")]
    tuned = tt.fit("translation", some[:2], some[2:], str(tiny("gpt2")), tmp_path / "out", tt.Recipe(epochs=1, batch_size=2))
    for model in (tuned, tt.load(tmp_path / "out")):
        told, plain = (model.head.encode(record, Lost())[0] for record in (some[0], Translation(text="ab")))
        assert plain == told
        assert "German:" in model.head.tokenizer.decode(plain.inputs["input_ids"])
    untold = untrained(TASK, tiny("gpt2")).head  # of several pairs
    assert "German" not in untold.tokenizer.decode(untold.encode(Translation(text="ab"), Lost())[0].inputs["input_ids"])


def test_real_pairs_are_read(shared: Path) -> None:
    folder = shared / "translation"
    first = next(iter(records(TASK, f"{folder}/multi30k/val.en,{folder}/multi30k/val.de")))
    assert (first.text, first.target_language) == ("A group of men are loading cotton onto a truck", "de")
    pairs = list(records(TASK, f"{folder}/tatoeba_en_zh/dev.tsv", {"target_language": "=zh"}))
    assert len(pairs) == 800
    assert all(pair.answer and pair.target_language == "zh" for pair in pairs)
