"""The processor of a vision-language model: its tokenizer, and what makes tensors of pictures, opened without torchvision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import transformers
from transformers import AutoImageProcessor, PretrainedConfig, PreTrainedTokenizerBase
from transformers.models.auto import processing_auto

from tasktune.core import InputError
from tasktune.heads.pictures import Pictures

FILES: Final = (
    "processor_config.json",
    "preprocessor_config.json",
    "video_preprocessor_config.json",
)
"""What a processor is kept in, beside its tokenizer's files, of which its chat template is one."""


def read_pictures(folder: Path, config: PretrainedConfig, tokenizer: PreTrainedTokenizerBase) -> Pictures:
    """What a checkpoint is given pictures by. Raises `InputError` where its folder has no processor."""
    files = {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
    kind: Any = _kind(config, files)
    auto: Any = AutoImageProcessor  # ships no types
    try:
        images = auto.from_pretrained(folder, backend="pil", trust_remote_code=False, local_files_only=True)
        told, _ = kind.get_processor_dict(folder, local_files_only=True)
        given = {"image_processor": images, "tokenizer": tokenizer}
        processor = without_videos(kind).from_args_and_dict([given.get(name) for name in kind.get_attributes()], told)
    except (OSError, ValueError, KeyError, ImportError, TypeError, AttributeError) as wrong:
        reason = str(wrong).strip().split("\n")[0]
        raise InputError(
            f"{folder}: its processor of pictures cannot be read ({reason}); give a folder with the files that a processor's "
            "`save_pretrained` writes (processor_config.json, preprocessor_config.json)"
        ) from wrong
    tokenizer.chat_template = processor.chat_template or tokenizer.chat_template
    return Pictures(processor, config.image_token_id, files)


def _kind(config: PretrainedConfig, files: dict[str, bytes]) -> Any:
    """The class that a folder names, or else that of the model's type."""
    processors: Any = processing_auto
    named = (json.loads(text).get("processor_class") for name, text in files.items() if name.endswith("processor_config.json"))
    name = next(filter(None, named), None) or processors.PROCESSOR_MAPPING_NAMES[config.model_type]
    return getattr(transformers, name)


def without_videos(kind: Any) -> Any:
    """The class, content with no processor of videos: transformers has none that does without torchvision."""

    def taken(self: Any, name: str, given: Any) -> type:
        return type(given)

    return type(kind.__name__, (kind,), {"check_argument_for_proper_class": taken})
