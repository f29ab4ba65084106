"""A vision-language model out of a vision encoder and a decoder: LLaVA (Liu et al. 2023), in transformers' own layout.

What the encoder sees of each patch is brought into the decoder's space by a projector of two layers, which has everything to
learn. So a model that was assembled notes that its projector is new, and `fit` begins with it alone, as LLaVA's first stage does.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, Literal

import torch
from transformers import (
    AddedToken,
    AutoImageProcessor,
    AutoModel,
    AutoModelForCausalLM,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from tasktune.core import InputError
from tasktune.models import network
from tasktune.models.family import family_of
from tasktune.models.folder import FACTS

IMAGE: Final = "<image>"
Choice = Literal["default", "full"]
"""Which of the encoder's vectors the projector is given: those behind a class token, or all."""

_FLAT: Final = (
    "{%- set flat = namespace(messages=[]) -%}{%- for message in messages -%}"
    "{%- if message.content is string -%}{%- set flat.messages = flat.messages + [message] -%}"
    "{%- else -%}{%- set said = namespace(text='') -%}{%- for part in message.content -%}"
    "{%- set said.text = said.text + ('<image>\\n' if part.type == 'image' else part.text) -%}{%- endfor -%}"
    "{%- set flat.messages = flat.messages + [dict(message, content=said.text)] -%}{%- endif -%}{%- endfor -%}"
    "{%- set messages = flat.messages -%}"
)
"""What lets a chat template of texts take turns of images and texts: a placeholder and a line break for each image."""


def assembled(vision: Path, language: Path, work: Path, seed: int) -> str:
    """Write the model that an encoder and a decoder make, in `work`, and say in words what it is.

    Raises `InputError` where the one is no vision encoder, or the other no decoder that LLaVA's layout can hold.
    """
    encoder, processor = _encoder(vision)
    net, tokenizer = _decoder(language)
    side, patch = _sizes(encoder.config)
    more = _tokens_beside_patches(encoder, processor, side, patch)
    chosen: Choice = "default" if more == 1 else "full"
    torch.manual_seed(seed)
    whole = _joined(encoder, net, tokenizer.get_added_vocab()[IMAGE], chosen)
    _refuse_other_words(language, whole, net)
    kind: Any = LlavaProcessor  # ships no types
    shown = kind(
        processor,
        tokenizer,
        patch_size=patch,
        vision_feature_select_strategy=chosen,
        num_additional_image_tokens=more,
        chat_template=tokenizer.chat_template,
    )
    with network.quiet():
        whole.save_pretrained(work)
        shown.save_pretrained(work)
        tokenizer.save_pretrained(work)
    new = [name for name, _ in whole.named_parameters() if "multi_modal_projector" in name]
    (work / FACTS).write_text(json.dumps({"new": new, "vision": vision.name, "language": language.name}) + "\n", encoding="utf-8")
    weights = [sum(w.numel() for w in part.parameters()) for part in (encoder, whole.model.multi_modal_projector, net)]
    return "a {} of {:,} weights, a projector of {:,} at random, a {} of {:,}".format(
        encoder.config.model_type, *weights[:2], net.config.model_type, weights[2]
    )


def _joined(encoder: Any, net: Any, placeholder: int, chosen: Choice) -> Any:
    """The network of both, its projector at random."""
    config = LlavaConfig(
        vision_config=encoder.config,
        text_config=net.config,
        image_token_index=placeholder,
        vision_feature_select_strategy=chosen,
        vision_feature_layer=-2 if encoder.config.model_type == "clip_vision_model" else -1,
        tie_word_embeddings=net.config.tie_word_embeddings,
    )
    whole: Any = LlavaForConditionalGeneration(config)
    whole.model.vision_tower.load_state_dict(encoder.state_dict())
    whole.model.language_model.load_state_dict(net.get_decoder().state_dict())
    whole.lm_head.load_state_dict(net.get_output_embeddings().state_dict(), strict=False)
    whole.generation_config = net.generation_config
    return whole.eval()


@torch.no_grad()
def _refuse_other_words(folder: Path, whole: Any, net: Any) -> None:
    """Raise `InputError` where words alone are not as probable as for the decoder: LLaVA's layout cannot hold its last layer."""
    ids = torch.arange(8)[None]
    if not torch.allclose(whole(input_ids=ids).logits, net.eval()(input_ids=ids).logits, rtol=1e-3, atol=1e-3):
        raise InputError(
            f"{folder}: LLaVA's layout cannot hold this {net.config.model_type}, whose last layer does more than multiply "
            "(a bias, a scale or a cap of its logits); take another decoder (smollm2, Llama, Qwen …)"
        )


def new_weights(folder: Path) -> tuple[str, ...]:
    """The names of the weights that a model was assembled with, and that are at random therefore."""
    note = folder / FACTS
    return tuple(json.loads(note.read_text(encoding="utf-8")).get("new", ())) if note.is_file() else ()


def _encoder(folder: Path) -> tuple[PreTrainedModel, Any]:
    """The vision encoder in a folder, itself or as the half of a model of images and texts (CLIP, SigLIP), and its processor."""
    config = network.read_config(folder)
    config = getattr(config, "vision_config", config)
    if getattr(config, "patch_size", None) is None or getattr(config, "image_size", None) is None:
        raise InputError(
            f"{folder} is no vision encoder that can be assembled: a {config.model_type} does not cut pictures into patches. "
            "Give a ViT, CLIP, SigLIP or DINOv2, or make one: tasktune models new --family vision"
        )
    images: Any = AutoImageProcessor  # ships no types
    encoder: Any
    encoder, missing = network.weighted(AutoModel, folder, config)
    network.refuse_noise(folder, encoder, "encoder", [name for name in missing if "pool" not in name])
    with network.unreadable(folder, "preprocessor_config.json"):
        processor = images.from_pretrained(folder, backend="pil", trust_remote_code=False, local_files_only=True)
    return encoder.eval(), processor


def _decoder(folder: Path) -> tuple[Any, PreTrainedTokenizerBase]:
    """The decoder in a folder, and its tokenizer, with a token for images and a chat template that takes them."""
    config = network.read_config(folder)
    family = family_of(config)
    if family != "decoder":
        raise InputError(
            f"{folder} is of the {family} family; a model that sees is assembled with a decoder (smollm2, Llama, Qwen …)"
        )
    net: Any
    net, missing = network.weighted(AutoModelForCausalLM, folder, config)
    network.refuse_noise(folder, net, family, missing)
    tokenizer = network.read_tokenizer(folder)
    tokenizer.add_tokens([AddedToken(IMAGE, special=True, normalized=False)], special_tokens=True)
    if len(tokenizer) > net.get_input_embeddings().num_embeddings:
        net.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    if tokenizer.chat_template is not None:
        tokenizer.chat_template = _FLAT + tokenizer.chat_template
    return net, tokenizer


def _sizes(config: PretrainedConfig) -> tuple[int, int]:
    side, patch = config.image_size, config.patch_size
    return (max(side) if isinstance(side, list | tuple) else side), (max(patch) if isinstance(patch, list | tuple) else patch)


@torch.no_grad()
def _tokens_beside_patches(encoder: Any, processor: Any, side: int, patch: int) -> int:
    """How many vectors the encoder gives of a picture beside those of its patches: 1 with a class token, none (SigLIP) …"""
    import PIL.Image

    pixels = processor(PIL.Image.new("RGB", (side, side)), return_tensors="pt")["pixel_values"]
    seen = encoder(pixels, output_hidden_states=True).hidden_states[-1]
    return int(seen.size(1) - (pixels.size(2) // patch) * (pixels.size(3) // patch))
