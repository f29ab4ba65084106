"""Tiny networks of a checkpoint's kind, with its tokenizer: everything but the network takes as long as with the real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import transformers as hf

from engine.sources import SEED
from tasktune.models.family import family_of
from tasktune.models.network import quiet, read_config, read_tokenizer
from tasktune.models.weights import locate

_SIZE = {
    *(("hidden_size", 32), ("num_hidden_layers", 1), ("intermediate_size", 64)),
    *(("num_attention_heads", 2), ("num_key_value_heads", 1), ("head_dim", 16)),
}
_AUTO = {"encoder": "AutoModelForMaskedLM", "decoder": "AutoModelForCausalLM"}


def small(like: str, out: Path) -> Path:
    """A checkpoint like another, with random weights in one layer of 32 units. Made where it is not there."""
    if not out.exists():
        source = locate(like)
        config: Any = read_config(source)
        config.update({name: value for name, value in _SIZE if name in config.to_dict()} | {"layer_types": None})
        hf.set_seed(SEED)
        with quiet():
            getattr(hf, _AUTO[family_of(config)]).from_config(config).save_pretrained(out)
        read_tokenizer(source).save_pretrained(out)
    return out
