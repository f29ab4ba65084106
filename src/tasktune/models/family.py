"""Which family a checkpoint is of, read off its config. No modelling code is imported to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasktune.core import FamilyName, InputError

if TYPE_CHECKING:
    from transformers import PreTrainedConfig

SEES_BOTH_WAYS = {"xlnet"}  # listed among the causal models of transformers, but each word sees all the others
HEARS = ("audio_config", "audio_token_id")


def family_of(config: PreTrainedConfig) -> FamilyName:
    """The family of the model that `config` describes.

    A BERT saved as a decoder (`is_decoder`), or half of a BART (`is_encoder_decoder` off), is a decoder, as it says.
    One that is given images and text, in one sequence, is vision-language. Raises `InputError` for models of speech, of words
    on a page, and of whatever else is neither that nor text alone.
    """
    from transformers.models.auto import modeling_auto as auto

    kind = config.model_type
    hears = any(getattr(config, name, None) is not None for name in HEARS)
    if kind in auto.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES and _shows_in_text(config) and not hears:
        return "vision-language"
    if kind in _not_text() or hears or getattr(config, "vision_config", None) is not None:
        raise InputError(
            f"a {kind} model reads more than text and images (speech, or words with their places on a page), or images alone. "
            "tasktune works with models that read text, or text with images. Where such a model has a language model inside, that"
            " one, saved by itself, can be used; of a language model and one of images, tasktune assemble makes one that sees."
        )
    two_halves = kind in auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES
    if two_halves and config.is_encoder_decoder:
        return "encoder-decoder"
    masked = kind in auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES or kind in SEES_BOTH_WAYS
    if kind in auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES and (two_halves or not masked or getattr(config, "is_decoder", False)):
        return "decoder"
    if not two_halves and (masked or kind in auto.MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES):
        return "encoder"
    raise InputError(
        f"a {kind} model is of no family that tasktune knows. It can be an encoder (BERT, RoBERTa, ModernBERT, DeBERTa …), "
        "a decoder (GPT-2, Llama, Qwen, SmolLM …), an encoder-decoder (T5, BART, Marian …) or a vision-language model "
        "(LLaVA, Idefics3, Qwen2-VL …)."
    )


def _shows_in_text(config: PreTrainedConfig) -> bool:
    """Whether images enter the one sequence of a decoder, in the places of a token for them."""
    images = (
        getattr(config, "vision_config", None) is not None
        and getattr(config, "image_token_id", "no such thing") != "no such thing"
    )
    return images and not config.get_text_config(decoder=True).is_encoder_decoder


def _not_text() -> set[str]:
    """The model types that take other images, speech, video, or words with their places on a page."""
    from transformers.models.auto import modeling_auto as auto

    return {
        *auto.MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES,
        *auto.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
        *auto.MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES,
        *auto.MODEL_FOR_DOCUMENT_QUESTION_ANSWERING_MAPPING_NAMES,
        *auto.MODEL_FOR_TEXT_TO_WAVEFORM_MAPPING_NAMES,
    }
