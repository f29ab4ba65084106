"""The family of a model is read off its config."""

from __future__ import annotations

import pytest
from transformers import CONFIG_MAPPING, BartConfig, BertConfig, T5Config

from tasktune.core import FamilyName, InputError
from tasktune.models.family import family_of

FAMILIES: dict[FamilyName, str] = {
    "encoder": "bert roberta modernbert deberta deberta-v2 distilbert electra xlm-roberta albert mpnet xlnet camembert luke",
    "decoder": "gpt2 llama qwen2 qwen3 smollm3 mistral phi phi3 gemma2 gemma3_text gpt_neox opt bloom mamba modernbert-decoder",
    "encoder-decoder": "t5 mt5 bart mbart marian pegasus encoder-decoder led m2m_100 longt5 prophetnet",
    "vision-language": "llava llava_next idefics2 idefics3 smolvlm qwen2_vl qwen2_5_vl paligemma blip-2 gemma3 internvl",
}


@pytest.mark.parametrize(("kind", "family"), [(kind, family) for family, kinds in FAMILIES.items() for kind in kinds.split()])
def test_each_type_has_its_family(kind: str, family: FamilyName) -> None:
    assert family_of(CONFIG_MAPPING[kind]()) == family


OTHER_SENSES = ("vit", "clip", "whisper", "gemma3n", "wav2vec2", "layoutlmv3", "qwen2_audio", "vision-encoder-decoder")


@pytest.mark.parametrize("kind", OTHER_SENSES)
def test_other_senses_are_refused(kind: str) -> None:
    with pytest.raises(InputError, match=f"a {kind} model"):
        family_of(CONFIG_MAPPING[kind]())


def test_a_model_of_images_is_told_what_is_possible() -> None:
    with pytest.raises(
        InputError, match=r"a whisper model reads more than text and images .* models that read text, or text with"
    ):
        family_of(CONFIG_MAPPING["whisper"]())
    with pytest.raises(InputError, match=r"of no family .* an encoder \(BERT"):
        family_of(CONFIG_MAPPING["vit"]())


def test_a_checkpoint_that_says_it_decodes_is_a_decoder() -> None:
    assert family_of(BertConfig(is_decoder=True)) == "decoder"
    assert family_of(BartConfig(is_encoder_decoder=False, is_decoder=True)) == "decoder"


def test_half_a_t5_is_refused() -> None:
    with pytest.raises(InputError, match="a t5 model is of no family"):
        family_of(T5Config(is_encoder_decoder=False))
