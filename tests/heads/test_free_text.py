"""Text that is written: where it begins and ends as tokens, several texts, texts that stop, and text as it comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import tasktune as tt
from cases import example, untrained, with_options
from families import DECODERS, WRITERS, byte_level
from tasktune.core import Lost
from tasktune.heads.base import UNSAYABLE
from tasktune.heads.free_text import FreeText
from tasktune.heads.prompts import end_id
from tasktune.models.model import Model
from tasktune.tasks.question_answering import QuestionAnswering

each_kind = pytest.mark.parametrize("kind", WRITERS)


@pytest.fixture
def model(kind: str, tiny: Callable[[str], Path]) -> Model:
    return with_options(untrained(tt.task("generation"), tiny(kind)), max_new_tokens=12)


@each_kind
@pytest.mark.parametrize("task", ["ner", "summarization", "classification", "multilabel"])
def test_the_end_is_the_last_target_and_padding_none(task: str, kind: str, tiny: Callable[[str], Path]) -> None:
    """Also where a tokenizer pads with the token that ends (GPT-2's)."""
    head = untrained(tt.task(task), tiny(kind)).head
    told = [f for record in example(task) for f in head.supervise(record, Lost())]
    assert all(f.targets[-1] == end_id(head.tokenizer) for f in told)
    batch = head.collate(told)
    assert [int(n) for n in batch["mask"].sum(1)] == [len(f.targets) for f in told]
    assert len(set(map(int, batch["mask"].sum(1)))) > 1 or len({f.length for f in told}) > 1  # something is padded


@pytest.mark.parametrize("kind", DECODERS)
def test_an_end_that_pads_adds_nothing_to_the_loss(kind: str, model: Model) -> None:
    head, told = model.head, [f for record in example("generation") for f in model.head.supervise(record, Lost())]
    with torch.inference_mode():
        together = float(head.loss(model.net, head.collate(told), None))
        apart = sum(float(head.loss(model.net, head.collate([f]), None)) for f in told)
    assert together == pytest.approx(apart, rel=1e-5)


def test_a_beginning_is_put_before_a_prompt_once() -> None:
    """By a tokenizer that adds one to every text, whatever the template of a conversation writes."""
    tokenizer = byte_level(("<s>", "</s>"), {"bos_token": "<s>", "eos_token": "</s>"}, ("<s>", "</s>"))
    tokenizer.chat_template = "<s>{% for m in messages %}{{ m.content }}{% endfor %}"
    for task, record in (("chat", example("chat")[0]), ("generation", example("generation")[0])):
        for features in (head_with(task, tokenizer).encode(record, Lost()), head_with(task, tokenizer).supervise(record, Lost())):
            ids = features[0].inputs["input_ids"]
            assert ids[0] == tokenizer.bos_token_id
            assert ids.count(tokenizer.bos_token_id) == 1


def head_with(task: str, tokenizer: object) -> FreeText:
    return FreeText(tt.task(task).decoder, tokenizer, (), tt.Recipe(), 256)


@pytest.mark.parametrize("kind", ["gpt2"])
def test_an_answer_that_stands_nowhere_is_counted_and_teaches_nothing(kind: str, tiny: Callable[[str], Path]) -> None:
    head = untrained(tt.task("question-answering"), tiny(kind)).head
    nowhere = QuestionAnswering(text="Ada wrote.", question="Who?", answer=(), answers=("Eve",), id="r")
    assert head.supervise(nowhere, lost := Lost()) == []
    assert lost.counts[UNSAYABLE] == head.unsayable(nowhere) == 1
    assert head.supervise(replace(nowhere, answers=()), Lost())


@each_kind
def test_the_pieces_of_a_text_make_the_text(kind: str, model: Model) -> None:
    for options in ({}, {"stop": ("e",)}, {"stop": ("e",), "min_new_tokens": 9}, {"beams": 2}, {"temperature": 1.5}):
        asked = with_options(model, **options)
        for record in example("generation")[:2]:
            pieces = list(asked.write(record))
            assert "".join(pieces) == asked.predict([record])[0].answer
            assert all(pieces)


def test_what_chooses_its_answers_writes_none(tiny: Callable[[str], Path]) -> None:
    with pytest.raises(tt.InputError, match="ask it with predict"):
        untrained(tt.task("nli"), tiny("bert")).write("a")


@each_kind
def test_a_text_stops_before_what_it_should(kind: str, model: Model) -> None:
    for plain in model.predict(example("generation")):
        if len(plain.answer) > 3:
            stop = plain.answer[2:4]
            stopped = with_options(model, stop=(stop,)).predict([plain.record])[0]
            assert stopped.answer == plain.answer[: plain.answer.index(stop)]


@each_kind
@pytest.mark.parametrize("options", [{"beams": 4, "n_best": 3}, {"temperature": 1.0, "n_best": 3}], ids=["beams", "sampled"])
def test_several_texts_come_best_first(kind: str, options: dict[str, object], model: Model) -> None:
    (said,) = with_options(model, **options).predict(example("generation")[:1])
    scores = [said.score, *(score for _, score in said.scored.others)]
    assert len(scores) == 3
    assert len({said.answer, *(answer for answer, _ in said.scored.others)}) > 1
    if "temperature" in options:
        assert scores == sorted(scores, reverse=True)
    assert [other["score"] for other in said.as_json()["others"]] == scores[1:]


@pytest.mark.parametrize("kind", ["gpt2"])
def test_the_framing_elects_which_of_several_texts_is_given(kind: str, model: Model) -> None:
    drawing = with_options(model, temperature=1.0, n_best=3)
    (usual,) = drawing.predict(example("generation")[:1])
    last = replace(drawing, head=replace(drawing.head, framing=replace(drawing.head.framing, elect=lambda answers: 2)))
    (said,) = last.predict(example("generation")[:1])
    assert (said.answer, said.score) == usual.scored.others[-1]
    assert said.scored.others == ((usual.answer, usual.score), usual.scored.others[0])
