"""From a checkpoint to a network that a head can run: opened with the right layers, on the right device, in the right numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import (
    AddedToken,
    AutoConfig,
    AutoTokenizer,
    EncoderDecoderModel,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from tasktune.core import FamilyName, InputError
from tasktune.framings import Framing, Labels
from tasktune.heads import network, network_config
from tasktune.recipe import Recipe

LONGEST = 2048
"""Tokens that a model reads unless --max-length says otherwise: more is rarely meant, and memory grows with it."""

SHORTEST = 8
"""Tokens that --max-length must leave: what a tokenizer puts around one or two texts, and something of the texts."""


def read_config(folder: Path) -> PretrainedConfig:
    """The configuration of a checkpoint. No code of it is run."""
    config: PretrainedConfig = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    return config


def read_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a checkpoint, with a token to pad with."""
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = (
            tokenizer.eos_token or tokenizer.unk_token
        )  # padding is masked everywhere, so that any token will do
    return tokenizer


def read_network(folder: Path, config: PretrainedConfig, framing: Framing, family: FamilyName, labels: Labels) -> PreTrainedModel:
    """The network of a checkpoint with the layers that a framing needs, new ones at random where the checkpoint has none."""
    if family == "encoder":
        for name, value in network_config(framing, labels).items():
            setattr(config, name, value)
    auto = getattr(transformers, network(framing, family))
    with quiet():
        net: PreTrainedModel = auto.from_pretrained(
            folder,
            config=config,
            dtype=torch.float32,
            trust_remote_code=False,
            use_safetensors=True,
            local_files_only=True,
            ignore_mismatched_sizes=True,
        )
    return net


@contextmanager
def quiet() -> Iterator[None]:
    """Without transformers' reports on the weights that it loads: a new head is what fine-tuning is for."""
    log: Any = logging  # ships no types
    level, bars = log.get_verbosity(), log.is_progress_bar_enabled()
    log.set_verbosity_error()
    log.disable_progress_bar()
    try:
        yield
    finally:
        log.set_verbosity(level)
        if bars:
            log.enable_progress_bar()


def keep_newlines(net: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
    """Give a tokenizer that loses line breaks (T5's, BERT's) a token for them: answers of several lines need it."""
    if "\n" in tokenizer.decode(tokenizer("a\nb", add_special_tokens=False)["input_ids"]):
        return
    tokenizer.add_tokens([AddedToken("\n", normalized=False)])
    halves = (net.encoder, net.decoder) if isinstance(net, EncoderDecoderModel) else (net,)
    for part in halves:  # an EncoderDecoderModel is two models, each with its own table
        table: Any = part.get_input_embeddings()
        if len(tokenizer) > table.num_embeddings:
            part.resize_token_embeddings(len(tokenizer), mean_resizing=False)


def longest_input(net: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, recipe: Recipe) -> int:
    """How many tokens the network may be given: what it can read, what its tokenizer says and what the recipe asks for."""
    limits = [tokenizer.model_max_length, *_positions(net)]
    if recipe.max_length is None:
        return min([LONGEST, *limits])
    if recipe.max_length < SHORTEST:
        raise InputError(f"--max-length {recipe.max_length} leaves no room for a text; give {SHORTEST} or more")
    if recipe.max_length > min(limits):
        raise InputError(f"--max-length {recipe.max_length} is more than the {min(limits)} tokens that this model can read")
    return recipe.max_length


def _positions(net: PreTrainedModel) -> list[int]:
    """The sizes of the network's tables of positions, less the rows that stand for padding (RoBERTa's first two)."""
    configs = [net.config, *(getattr(net.config, part, None) for part in ("encoder", "decoder"))]
    stated = [int(n) for c in configs if c is not None and (n := getattr(c, "max_position_embeddings", None))]
    tables = [m for name, m in net.named_modules() if name.endswith("position_embeddings") and isinstance(m, torch.nn.Embedding)]
    return [n - max([0, *(t.padding_idx + 1 for t in tables if t.padding_idx is not None)]) for n in stated]


def device(recipe: Recipe) -> torch.device:
    """The device that a recipe names; `auto` takes an accelerator where there is one."""
    if recipe.device != "auto":
        return torch.device(recipe.device)
    return (torch.accelerator.is_available() and torch.accelerator.current_accelerator()) or torch.device("cpu")


def place(net: PreTrainedModel, recipe: Recipe) -> None:
    """Move a network to the recipe's device, ready to be asked."""
    module: Any = net
    module.to(device(recipe))
    module.eval()


def in_bf16(recipe: Recipe) -> bool:
    """Whether matrix products are to be in bfloat16: as the recipe says, and else where the processor is fast at it."""
    if recipe.precision == "auto":
        here = device(recipe)
        return torch.cuda.is_bf16_supported() if here.type == "cuda" else here.type == "cpu" and _cpu_has_bf16()
    return recipe.precision == "bf16"


def _cpu_has_bf16() -> bool:
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def autocast(recipe: Recipe) -> AbstractContextManager[object]:
    """The numbers in which a recipe computes."""
    return torch.autocast(device(recipe).type, torch.bfloat16) if in_bf16(recipe) else nullcontext()
