"""Models that have learnt nothing: their tokenizers, what they are refused for, and what they may learn."""

from __future__ import annotations

from pathlib import Path

import pytest
import transformers as hf
from safetensors import safe_open

import tasktune as tt
from tasktune.models.untrained import usual_vocabulary
from tasktune.recipe import Recipe
from tasktune.tasks import task
from tasktune.verbs.new_model import new_model
from tasktune.verbs.sample import sample_lines

TEXTS = [line for name in ("ner", "nli", "generation", "summarization") for line in sample_lines(task(name))]
BRIEF = Recipe(epochs=1, batch_size=8, max_length=64)


@pytest.mark.parametrize("pieces", ["wordpiece", "bpe", "unigram"])
def test_an_encoder_has_a_tokenizer_of_its_own(pieces: str, tmp_path: Path) -> None:
    new_model(tmp_path / "new", TEXTS, size="tiny", tokenizer=pieces, vocabulary=600)
    tokenizer = hf.AutoTokenizer.from_pretrained(tmp_path / "new")
    config = hf.AutoConfig.from_pretrained(tmp_path / "new")
    assert config.vocab_size == len(tokenizer) <= 600
    assert tokenizer.convert_ids_to_tokens(tokenizer("a [MASK]")["input_ids"])[-2:] == ["[MASK]", "[SEP]"]
    assert tokenizer("a", "a").get("token_type_ids")[-1] == 1


def test_it_is_no_encoder_for_several_tasks_either(tmp_path: Path) -> None:
    new = tmp_path / "a" / "folder" / "new"
    new_model(new, TEXTS, size="tiny", vocabulary=400)
    data = {name: task(name).example for name in ("pos", "ner")}
    with pytest.raises(tt.InputError, match="at random"):
        tt.fit("pos+ner", data, data, str(new))


@pytest.mark.slow
def test_it_learns_texts_and_only_then_other_tasks_with_its_pooler(tmp_path: Path) -> None:
    new, trained = tmp_path / "new", tmp_path / "trained"
    new_model(new, TEXTS, size="tiny", vocabulary=400)
    labelled = [{"text": text, "answer": str(len(text) % 2)} for text in TEXTS[:8]]
    with pytest.raises(tt.InputError, match="at random"):
        tt.fit("classification", labelled, labelled, str(new))
    tt.fit("mask", TEXTS, TEXTS[:4], str(new), trained, BRIEF)
    with safe_open(trained / "model.safetensors", "pt") as weights:
        assert "bert.pooler.dense.weight" in weights.keys()  # noqa: SIM118 (it is no mapping)
    assert isinstance(hf.AutoModelForMaskedLM.from_pretrained(trained), hf.BertForMaskedLM)
    assert tt.fit("classification", labelled, labelled, str(trained), recipe=BRIEF).net.config.num_labels == 2


@pytest.mark.slow
def test_a_decoder_learns_texts(tmp_path: Path) -> None:
    new_model(tmp_path / "new", TEXTS, family="decoder", size="tiny", vocabulary=400)
    texts = [{"text": text} for text in TEXTS]  # by itself, a text is a prompt to this task
    tuned = tt.fit("generation", texts, texts[:4], str(tmp_path / "new"), recipe=BRIEF)
    assert tuned.facts["evaluation"]["scores"]["perplexity"]["value"] > 1


def test_the_same_seed_makes_the_same_weights(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        new_model(tmp_path / name, TEXTS, size="tiny", vocabulary=400, seed=seed)
    a, b, c = ((tmp_path / name / "model.safetensors").read_bytes() for name in "abc")
    assert a == b != c


def test_what_cannot_be_made_is_refused(tmp_path: Path) -> None:
    for wrong, given in (
        ("no size 'huge'", {"size": "huge"}),
        ("no tokenizer 'words'", {"tokenizer": "words"}),
        ("loses blanks", {"family": "decoder", "tokenizer": "wordpiece"}),
    ):
        with pytest.raises(tt.InputError, match=wrong):
            new_model(tmp_path / "new", TEXTS, **given)
    with pytest.raises(tt.InputError, match="no texts"):
        new_model(tmp_path / "new", ["", " "])
    assert not list(tmp_path.iterdir())


def test_a_vocabulary_grows_with_the_texts_to_berts() -> None:
    assert [usual_vocabulary(words) for words in (0, 10_000, 216_000, 10**9)] == [1_000, 2_000, 9_000, 30_000]
