"""Words under masks: as transformers' own pipeline fills them, whatever the spelling of masks, in long texts and odd ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
import transformers as hf

from cases import untrained, with_options
from families import ENCODERS
from tasktune.core import InputError, Lost
from tasktune.heads.features import on, run
from tasktune.heads.masked_words import NO_WORD, UNFIT, said_at
from tasktune.models.model import Model
from tasktune.tasks import task
from tasktune.tasks.mask import MaskedText

Tiny = Callable[[str], Path]
each_kind = pytest.mark.parametrize("kind", ENCODERS)
ODD = ("", "a", "   ", "👍👩‍👩‍👧", "使用语言模型 and 3.8", "word " * 3000)


@pytest.fixture
def model(kind: str, tiny: Tiny) -> Model:
    return untrained(task("mask"), tiny(kind))


@each_kind
def test_logits_at_masks_are_those_of_the_whole_text(kind: str, model: Model) -> None:
    features = [
        f for text in ODD[:5] for f in model.head.supervise(MaskedText(text=f"the crew {text} of the ship", answer=()), Lost())
    ]
    batch = on(model.net, model.head.collate(features))
    with torch.no_grad():
        some, whole = said_at(model.net, batch).logits, run(model.net, batch).logits
    for row, (f, logits) in enumerate(zip(features, some, strict=True)):
        torch.testing.assert_close(logits[: len(f.positions)], whole[row, list(f.positions)])


@each_kind
def test_words_are_those_of_the_pipeline(kind: str, model: Model, tmp_path: Path) -> None:
    text = "The crew of [MASK] ship slept."
    (said,) = with_options(model, n_best=3).predict([text])
    pipe = hf.pipeline("fill-mask", model=str(model.save(tmp_path / "saved")))
    expected = pipe(text.replace("[MASK]", model.head.tokenizer.mask_token), top_k=3)
    ours = [(said.answer, said.score), *said.scored.others]
    assert [words for words, _ in ours] == [(one["token_str"].strip(),) for one in expected]
    assert [score for _, score in ours] == pytest.approx([one["score"] for one in expected], rel=1e-4)


@each_kind
def test_the_probabilities_of_all_words_sum_to_one(kind: str, model: Model) -> None:
    everything = with_options(model, n_best=len(model.head.tokenizer))
    (said,) = everything.predict(["Rain fell on <mask> sea."])
    assert said.score + sum(score for _, score in said.scored.others) == pytest.approx(1.0, abs=1e-4)


@each_kind
def test_odd_texts_have_masks_only_where_words_are(kind: str, model: Model) -> None:
    special = {*model.head.tokenizer.all_special_ids}
    for text in ODD:
        lost = Lost()
        features = model.head.supervise(MaskedText(text=text, answer=()), lost)
        assert bool(features) or NO_WORD in lost.counts
        assert all(f.length <= model.head.max_length and special.isdisjoint(f.targets) for f in features)
        assert features == model.head.supervise(MaskedText(text=text, answer=()), Lost())  # whenever it is measured


@each_kind
def test_each_epoch_masks_other_words_of_the_same_text(kind: str, model: Model) -> None:
    (features,) = model.head.supervise(MaskedText(text="the rain fell on the sea and on the town " * 5, answer=()), Lost())
    drawn = [model.head.drawn(features, Random(seed)) for seed in range(5)]
    assert len({f.positions for f in drawn}) > 1
    assert all(f.length == features.length and f.units == features.units for f in drawn)
    assert model.head.drawn(drawn[0], Random(3)) == drawn[3]


def test_chinese_is_masked_by_character_or_by_the_words_given(tiny: Tiny) -> None:
    head = untrained(task("mask"), tiny("roberta")).head
    text = "使用语言模型"
    (by_character,) = head.supervise(MaskedText(text=text, answer=()), Lost())
    (by_word,) = head.supervise(MaskedText(text=text, words=((0, 2), (2, 4), (4, 6)), answer=()), Lost())
    assert (len(by_character.units), len(by_word.units)) == (6, 3)


@each_kind
def test_each_mask_of_a_long_text_is_answered(kind: str, model: Model) -> None:
    short = with_options(model, max_length=32)
    (said,) = short.predict(["the [MASK] " + "rain fell on the sea " * 20 + "and the [MASK]"])
    assert len(said.answer) == len(said.scored.scores) == 2
    assert all(said.answer)
    assert said.score == pytest.approx(np.prod(said.scored.scores), rel=1e-4)


def test_a_word_of_several_tokens_under_one_mask_is_counted(tiny: Tiny) -> None:
    lost = Lost()
    head = untrained(task("mask"), tiny("bert")).head
    assert head.supervise(MaskedText(text="the [MASK]", answer=("incomprehensibilities",)), lost) == []
    assert lost.counts == {UNFIT: 1}


def test_a_tokenizer_without_a_mask_is_refused(tiny: Tiny) -> None:
    model = untrained(task("mask"), tiny("bert"))
    model.head.tokenizer.mask_token = None
    with pytest.raises(InputError, match="no mask token"):
        model.predict(["the [MASK]"])
