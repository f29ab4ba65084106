"""A GGUF file (llama.cpp's quantised format) made a directory of the field: config, safetensors, tokenizer, chat template.

The weights are dequantised once to float32, and every one of them equals what the GGUF file says, bit for bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasktune.core import InputError

if TYPE_CHECKING:
    from pathlib import Path

MAGIC = b"GGUF"


def dequantise(file: Path, out: Path) -> None:
    """Write the model of a GGUF file to `out`, an empty folder, in float32.

    Raises `InputError` where the file is not a whole GGUF file, or holds an architecture that transformers cannot rebuild.
    """
    import torch
    from gguf import GGUFReader
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    with file.open("rb") as opened:
        if opened.read(len(MAGIC)) != MAGIC:
            raise InputError(f"{file} is not a GGUF file: it does not begin with {MAGIC.decode()}")
    try:
        pre_tokenizer = GGUFReader(file).fields.get("tokenizer.ggml.pre")
        model: Any = AutoModelForCausalLM.from_pretrained(
            file.parent,
            gguf_file=file.name,
            quantization_config=GgufConfig(dequantize=True),
            dtype=torch.float32,
            trust_remote_code=False,
        )
        tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name, trust_remote_code=False)
    except (ValueError, IndexError, KeyError, OSError, NotImplementedError) as error:
        raise InputError(
            f"{file} cannot be opened as a language model: {error}. It may be truncated, or of an architecture that "
            "transformers cannot read from GGUF; the same model as safetensors can be used instead."
        ) from error
    if pre_tokenizer is not None and pre_tokenizer.contents() == "smollm":
        _split_digits(tokenizer)
    tokenizer.model_max_length = model.config.max_position_embeddings
    # The weights are plain now. A config that called them quantised could not be saved once they are fine-tuned.
    for left_over in ("quantization_config", "_model_name_or_path"):
        model.config.__dict__.pop(left_over, None)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def _split_digits(tokenizer: Any) -> None:
    """Cut every digit off before the byte-level split, as SmolLM2's own tokenizer does.

    transformers 5.23 does not know the pre-tokenizer "smollm" and leaves this out; then the white space before a digit, as in
    every numbered list, becomes tokens that the model never saw there.
    """
    from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence

    tokenizer.backend_tokenizer.pre_tokenizer = Sequence([Digits(individual_digits=True), ByteLevel(add_prefix_space=False)])
