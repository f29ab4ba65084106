"""Answers that networks of random weights write, held to their form: whatever they would say, it can be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tasktune as tt
from cases import untrained, with_options
from families import WRITERS
from records import HARD
from tasktune.core import InputError, Lost
from tasktune.decoding import Decoding
from tasktune.heads.forms import CUT
from tasktune.models.inference import answers
from tasktune.recipe import Recipe


@pytest.mark.parametrize("options", [{"temperature": 1.5}, {"beams": 3}, {}], ids=["drawn", "beams", "greedy"])
@pytest.mark.parametrize("kind", WRITERS)
def test_what_is_written_about_a_text_can_be_read(kind: str, options: dict[str, Any], tiny: Callable[[str], Path]) -> None:
    model = with_options(untrained(tt.task("ner"), tiny(kind)), max_new_tokens=12, **options)
    records = [*tt.task("ner").example, *HARD["ner"]]
    lost, cut = Lost(), 0
    for _, raws, scored in answers(model.net, model.head, records, lost):
        told = raws[0][0]
        lines = [line for line in told.text.split("\n") if line.strip() and line.strip() != "none"]
        assert {span.label for span in scored.answer} <= set(model.head.labels)
        if kind in ("gpt2", "llama", "bart"):  # these keep any text; the others cannot write all of it
            assert len(lines) == len(scored.answer)
        cut += told.cut
    assert lost.counts[CUT] == cut


def test_a_number_is_always_read(tiny: Callable[[str], Path]) -> None:
    for kind in WRITERS:
        model = untrained(tt.task("regression"), tiny(kind))
        assert all(isinstance(p.answer, float) for p in model.predict(["Good.", "", "👍"]))


def test_every_word_is_tagged_once(tiny: Callable[[str], Path]) -> None:
    model = untrained(tt.task("pos"), tiny("gpt2"))
    model = with_options(model, max_new_tokens=200)
    for prediction in model.predict(["The boat sank.", "a/b (2) \\ 👍"]):
        assert "".join(prediction.text[tag.start : tag.end] for tag in prediction.answer) == prediction.text.replace(" ", "")


@pytest.mark.parametrize(
    ("task", "kind", "message"),
    [("generation", "gpt2", "n_best is 2; give as many beams, or a temperature"), ("ner", "bert", "gives one answer")],
)
def test_more_answers_than_can_be_had_are_refused(task: str, kind: str, message: str, tiny: Callable[[str], Path]) -> None:
    with pytest.raises(InputError, match=message):
        untrained(tt.task(task), tiny(kind), Recipe(decoding=Decoding(n_best=2)))


def test_an_answer_that_was_cut_is_whole_up_to_its_last_part_and_counted(tiny: Callable[[str], Path]) -> None:
    model = with_options(untrained(tt.task("pos"), tiny("gpt2")), max_new_tokens=9)
    lost = Lost()
    (prediction,) = model.predict(["one two three four five six"], lost)
    assert lost.counts[CUT] == 1
    assert 0 < len(prediction.answer) < 6
    assert all(tag.label in model.head.labels for tag in prediction.answer)


def test_free_text_fits_a_schema_or_matches_an_expression(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps({"type": "object", "properties": {"sure": {"type": "boolean"}}, "required": ["sure"]}))
    model = with_options(untrained(tt.task("generation"), tiny("llama")), temperature=1.0, max_new_tokens=60)
    for text in ("Once", "", "Dear Sir,\n"):
        assert with_options(model, regex="(yes|no)!{1,3}").predict([text])[0].answer.rstrip("!") in ("yes", "no")
        assert with_options(model, json_schema=str(schema)).predict([text])[0].answer.startswith("{")


@pytest.mark.parametrize("name", ["ner", "nli"])
def test_a_form_of_free_text_is_refused_where_answers_have_their_own(name: str, tiny: Callable[[str], Path]) -> None:
    with pytest.raises(InputError, match="form of their own"):
        untrained(tt.task(name), tiny("gpt2"), Recipe(decoding=Decoding(regex="a")))


def test_a_schema_that_is_not_there_is_named(tiny: Callable[[str], Path]) -> None:
    model = untrained(tt.task("generation"), tiny("gpt2"))
    with pytest.raises(InputError, match=r"nowhere\.json"):
        with_options(model, json_schema="nowhere.json").predict(["a"])
