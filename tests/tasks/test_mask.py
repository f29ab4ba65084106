"""Masked texts and pre-training pairs out of files."""

from __future__ import annotations

import math

import pytest
from hypothesis import given

from records import TEXTS
from tasktune.core import InputError, Likelihood, Row
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.likelihood import masked_pairs, masked_tokens
from tasktune.notations.sentences import sentences
from tasktune.tasks.mask import MaskedText
from tasktune.tasks.pretraining import Pretraining

DOCUMENT = " ".join(f"This is the sentence of number {k}, and it goes on for quite some words." for k in range(40))


def test_raw_text_keeps_nothing_back_and_masks_do() -> None:
    assert MaskedText.from_row(Row({"text": "a b", "answer": "label"})).answer == ()
    assert MaskedText.from_row(Row({"text": "a [MASK]"})).answer is None
    assert MaskedText.from_row(Row({"text": "a <mask>", "answer": "b"})).answer == ("b",)


def test_each_mask_has_a_word() -> None:
    with pytest.raises(InputError, match=r"f:1: the text has 2 masks, but the answer is 1 words"):
        MaskedText.from_row(Row({"text": "[MASK] [MASK]", "answer": "b"}, "f:1"))


@given(TEXTS)
def test_a_document_makes_pairs_of_whole_sentences_that_follow_or_not(text: str) -> None:
    pairs = list(Pretraining.several(Row({"text": text}, "f:1")))
    assert pairs
    if len(sentences(text)) < 2:
        assert [(pair.text, pair.pair, pair.answer) for pair in pairs] == [(text, "", None)]
        return
    for pair in pairs:
        assert pair.answer in ("next", "random")
        assert pair.text in text
        assert pair.pair in text


def test_half_of_the_pairs_follow() -> None:
    pairs = [p for k in range(200) for p in Pretraining.several(Row({"text": f"{k} {DOCUMENT}"}, f"f:{k}"))]
    assert 0.45 < sum(pair.answer == "next" for pair in pairs) / len(pairs) < 0.55
    assert len({pair.id for pair in pairs}) == len(pairs)
    for pair in pairs:
        follows = f"{pair.text} {pair.pair}".partition(" This")[2] in DOCUMENT
        assert follows == (pair.answer == "next")


def test_a_row_that_is_a_pair_stays_one() -> None:
    (pair,) = Pretraining.several(Row({"text": "a. b.", "pair": "c. d.", "answer": "next"}))
    assert (pair.text, pair.pair, pair.answer) == ("a. b.", "c. d.", "next")
    with pytest.raises(InputError, match="must be one of next, random"):
        Pretraining.several(Row({"text": "a", "pair": "b", "answer": "maybe"}))


def test_scores_are_over_masked_tokens() -> None:
    tally = Tally(masked_tokens, replicates=0)
    tally.add(None, Likelihood(2 * math.log(4), 2, 0, {"right": 1}))
    tally.add(None, Likelihood(2 * math.log(4), 2, 0, {"right": 0}))
    assert {name: score.value for name, score in tally.scores().values.items()} == pytest.approx(
        {"perplexity": 4.0, "masked_accuracy": 0.25, "nats_per_token": math.log(4)}
    )


def test_a_pairs_relation_is_scored_apart_from_its_words() -> None:
    tally = Tally(masked_pairs, replicates=0)
    tally.add(None, Likelihood(9.0, 3, 0, {"words": 2 * math.log(4), "masked": 2, "right": 1, "related": 1}))
    tally.add(None, Likelihood(9.0, 3, 0, {"words": 2 * math.log(4), "masked": 2, "right": 1, "related": 0}))
    assert {name: score.value for name, score in tally.scores().values.items()} == pytest.approx(
        {"perplexity": 4.0, "masked_accuracy": 0.5, "next_accuracy": 0.5}
    )
