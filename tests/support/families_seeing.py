"""Vision-language models of a few thousand random weights: a processor, a vision encoder of two layers, a language model of two.

Pictures are 30 × 30 pixels in patches of 10 (Qwen's 28 × 28 in patches of 14).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers as hf

from families import _SIZE, LENGTH, byte_level
from tasktune.models.network import quiet
from tasktune.models.processor import without_videos

_LAYERS: dict[str, Any] = {"num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
_SEEN: dict[str, Any] = {**_LAYERS, "hidden_size": 32, "image_size": 30, "patch_size": 10}
_PIXELS: dict[str, Any] = {"size": {"height": 30, "width": 30}, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
_TURNS = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.content is string %}{{ m.content }}{% else %}{% for c in m.content %}"
    "{% if c.type == 'image' %}IMAGE{% else %}{{ c.text }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def _tokenizer(*more: str) -> Any:
    special = ("<|im_end|>", "<|im_start|>", "<image>", *more)
    return byte_level(special, {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|im_end|>"})


def _llama(t: Any) -> hf.PretrainedConfig:
    ends = {"bos_token_id": t.bos_token_id, "eos_token_id": t.eos_token_id, "pad_token_id": t.pad_token_id}
    return hf.LlamaConfig(**_SIZE, **ends, num_key_value_heads=1, vocab_size=len(t), max_position_embeddings=LENGTH)


def _id(t: Any, token: str) -> int:
    return int(t.convert_tokens_to_ids(token))


def _clip() -> hf.PretrainedConfig:
    return hf.CLIPVisionConfig(**_SEEN, projection_dim=32)


def _llava() -> tuple[Any, Any]:
    t = _tokenizer()
    config = hf.LlavaConfig(
        vision_config=_clip(), text_config=_llava_text(t), image_token_id=_id(t, "<image>"), vision_feature_layer=-1
    )
    images = hf.CLIPImageProcessorPil(**{**_PIXELS, "crop_size": {"height": 30, "width": 30}})
    return config, hf.LlavaProcessor(
        images,
        t,
        patch_size=10,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=_TURNS.replace("IMAGE", "<image>\n"),
    )


_llava_text = _llama


def _llava_next() -> tuple[Any, Any]:
    t = _tokenizer()
    pinpoints = [[30, 60], [60, 30]]
    config = hf.LlavaNextConfig(
        vision_config=_clip(),
        text_config=_llama(t),
        image_token_id=_id(t, "<image>"),
        vision_feature_layer=-1,
        image_grid_pinpoints=pinpoints,
    )
    images = hf.LlavaNextImageProcessorPil(
        **{**_PIXELS, "size": {"shortest_edge": 30}, "crop_size": {"height": 30, "width": 30}}, image_grid_pinpoints=pinpoints
    )
    return config, hf.LlavaNextProcessor(
        images, t, patch_size=10, vision_feature_select_strategy="default", num_additional_image_tokens=1
    )


def _idefics3() -> tuple[Any, Any]:
    t = _tokenizer("<fake_token_around_image>", "<end_of_utterance>", "<global-img>")
    vision = hf.CONFIG_MAPPING["idefics3_vision"](**_SEEN)
    config = hf.Idefics3Config(
        vision_config=vision, text_config=_llama(t), image_token_id=_id(t, "<image>"), scale_factor=3, pad_token_id=t.pad_token_id
    )
    images = hf.Idefics3ImageProcessorPil(
        size={"longest_edge": 60}, max_image_size={"longest_edge": 30}, image_mean=[0.5] * 3, image_std=[0.5] * 3
    )
    return config, hf.Idefics3Processor(images, t, image_seq_len=1, chat_template=_TURNS.replace("IMAGE", "<image>"))


def _smolvlm() -> tuple[Any, Any]:
    t = _tokenizer("<fake_token_around_image>", "<end_of_utterance>", "<global-img>", "<video>")
    vision = hf.CONFIG_MAPPING["smolvlm_vision"](**_SEEN)
    config = hf.SmolVLMConfig(
        vision_config=vision, text_config=_llama(t), image_token_id=_id(t, "<image>"), scale_factor=3, pad_token_id=t.pad_token_id
    )
    images = hf.SmolVLMImageProcessorPil(
        size={"longest_edge": 60}, max_image_size={"longest_edge": 30}, image_mean=[0.5] * 3, image_std=[0.5] * 3
    )
    template = _TURNS.replace("IMAGE", "<image>")
    return config, without_videos(hf.SmolVLMProcessor)(images, t, None, image_seq_len=1, chat_template=template)


def _qwen2_vl() -> tuple[Any, Any]:
    return _qwen(hf.Qwen2VLConfig, hf.Qwen2VLProcessor, {"embed_dim": 32, "mlp_ratio": 2})


def _qwen2_5_vl() -> tuple[Any, Any]:
    seen = {"out_hidden_size": 32, "intermediate_size": 64, "fullatt_block_indexes": [1], "window_size": 28}
    return _qwen(hf.Qwen2_5_VLConfig, hf.Qwen2_5_VLProcessor, seen)


def _qwen(configured: Any, processor: Any, seen: dict[str, Any]) -> tuple[Any, Any]:
    t = _tokenizer("<|image_pad|>", "<|video_pad|>", "<|vision_start|>", "<|vision_end|>")
    text = {
        k: v
        for k, v in _llama(t).to_dict().items()
        if k in (*_SIZE, "vocab_size", "bos_token_id", "eos_token_id", "pad_token_id")
    }
    text |= {"num_key_value_heads": 1, "max_position_embeddings": LENGTH}
    text["rope_parameters"] = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]}
    config = configured(
        text_config=text,
        vision_config={"depth": 2, "hidden_size": 32, "num_heads": 2, "patch_size": 14, **seen},
        image_token_id=_id(t, "<|image_pad|>"),
        video_token_id=_id(t, "<|video_pad|>"),
        vision_start_token_id=_id(t, "<|vision_start|>"),
        vision_end_token_id=_id(t, "<|vision_end|>"),
    )
    images = hf.Qwen2VLImageProcessorPil(min_pixels=28 * 28, max_pixels=56 * 56)
    template = _TURNS.replace("IMAGE", "<|vision_start|><|image_pad|><|vision_end|>")
    return config, without_videos(processor)(images, t, None, chat_template=template)


def _paligemma() -> tuple[Any, Any]:
    t = _tokenizer()
    ends = {"bos_token_id": t.bos_token_id, "eos_token_id": t.eos_token_id, "pad_token_id": t.pad_token_id}
    text = {
        **_SIZE,
        **ends,
        "model_type": "gemma",
        "num_key_value_heads": 1,
        "head_dim": 16,
        "vocab_size": len(t),
        "max_position_embeddings": LENGTH,
    }
    vision = hf.SiglipVisionConfig(**_SEEN, projection_dim=32, vision_use_head=False)
    config = hf.PaliGemmaConfig(
        vision_config=vision, text_config=text, image_token_id=_id(t, "<image>"), projection_dim=32, hidden_size=32, **ends
    )
    images = hf.SiglipImageProcessorPil(**_PIXELS)
    images.image_seq_length = 9
    return config, hf.PaliGemmaProcessor(images, t)


def _blip2() -> tuple[Any, Any]:
    t = _tokenizer()
    text = hf.OPTConfig(
        vocab_size=len(t),
        hidden_size=32,
        num_hidden_layers=2,
        ffn_dim=64,
        num_attention_heads=2,
        max_position_embeddings=LENGTH,
        word_embed_proj_dim=32,
        bos_token_id=t.bos_token_id,
        eos_token_id=t.eos_token_id,
        pad_token_id=t.pad_token_id,
        dropout=0.0,
        init_std=0.1,
    )
    config = hf.Blip2Config(
        vision_config=hf.Blip2VisionConfig(**_SEEN),
        qformer_config={**_LAYERS, "hidden_size": 32, "encoder_hidden_size": 32, "vocab_size": len(t)},
        text_config=text,
        num_query_tokens=4,
        image_token_id=_id(t, "<image>"),
    )
    return config, hf.Blip2Processor(hf.BlipImageProcessorPil(**_PIXELS), t, num_query_tokens=4)


@dataclass(frozen=True)
class TinySeeing:
    """A kind of vision-language model: gives its configuration and its processor."""

    parts: Callable[[], tuple[Any, Any]]

    def save(self, folder: Path) -> Path:
        """Write the model, with weights drawn from a fixed seed, as a folder of the kind that people download."""
        config, processor = self.parts()
        torch.manual_seed(7)
        model = hf.AutoModelForImageTextToText.from_config(config)
        with quiet():
            model.save_pretrained(folder)
        processor.tokenizer.save_pretrained(folder)
        if hasattr(processor, "video_processor"):  # which there is none of
            processor.image_processor.save_pretrained(folder)
            (folder / "chat_template.jinja").write_text(processor.chat_template)
            told = {"processor_class": type(processor).__name__, "image_seq_len": getattr(processor, "image_seq_len", None)}
            (folder / "processor_config.json").write_text(json.dumps({name: fact for name, fact in told.items() if fact}))
        else:
            processor.save_pretrained(folder)
        return folder


TINY_SEEING = {
    "llava": TinySeeing(_llava),
    "llava-next": TinySeeing(_llava_next),
    "idefics3": TinySeeing(_idefics3),
    "smolvlm": TinySeeing(_smolvlm),
    "qwen2-vl": TinySeeing(_qwen2_vl),
    "qwen2.5-vl": TinySeeing(_qwen2_5_vl),
    "paligemma": TinySeeing(_paligemma),
    "blip2": TinySeeing(_blip2),
}
