"""Which family a checkpoint is of, read off its config. No modelling code is imported to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasktune.core import FamilyName, InputError

if TYPE_CHECKING:
    from transformers import PreTrainedConfig

SEES_BOTH_WAYS = {"xlnet"}  # listed among the causal models of transformers, but each word sees all the others
OTHER_SENSES = ("vision_config", "audio_config", "image_token_id", "audio_token_id")


def family_of(config: PreTrainedConfig) -> FamilyName:
    """The family of the model that `config` describes.

    A BERT saved as a decoder (`is_decoder`), or half of a BART (`is_encoder_decoder` off), is a decoder, as it says.
    Raises `InputError` for models of images, speech and whatever else is not text alone.
    """
    from transformers.models.auto import modeling_auto as auto

    kind = config.model_type
    if kind in _not_text() or any(getattr(config, name, None) is not None for name in OTHER_SENSES):
        raise InputError(
            f"a {kind} model reads more than text (images, speech or page layout), and tasktune works with models of text alone "
            "so far. Where such a model has a language model inside, that one, saved by itself, can be used."
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
        "a decoder (GPT-2, Llama, Qwen, SmolLM …) or an encoder-decoder (T5, BART, Marian …)."
    )


def _not_text() -> set[str]:
    """The model types that take images, speech, video, or words with their places on a page."""
    from transformers.models.auto import modeling_auto as auto

    return {
        *auto.MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES,
        *auto.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
        *auto.MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES,
        *auto.MODEL_FOR_DOCUMENT_QUESTION_ANSWERING_MAPPING_NAMES,
        *auto.MODEL_FOR_TEXT_TO_WAVEFORM_MAPPING_NAMES,
    }
