"""From a checkpoint to a network that a head can run: opened with the right layers, on the right device, in the right numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AddedToken,
    AutoConfig,
    AutoTokenizer,
    GenerationConfig,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from tasktune.core import FamilyName, InputError
from tasktune.framings import Framing, Labels, Mask
from tasktune.heads import network, network_config
from tasktune.models.pooler import keep_pooler
from tasktune.recipe import Recipe

LONGEST = 2048
"""Tokens that a model reads unless --max-length says otherwise: more is rarely meant, and memory grows with it."""

SHORTEST = 8
"""Tokens that --max-length must leave: what a tokenizer puts around one or two texts, and something of the texts."""


def read_config(folder: Path) -> PretrainedConfig:
    """The configuration of a checkpoint. No code of it is run."""
    with unreadable(folder, "config.json"):
        config: PretrainedConfig = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    return config


@contextmanager
def unreadable(folder: Path, part: str) -> Iterator[None]:
    """Say which part of a folder transformers cannot read, and what it says of it."""
    try:
        yield
    except (OSError, ValueError, KeyError, ImportError) as wrong:
        reason = str(wrong).strip().split("\n")[0]
        if "SentencePiece" in reason and isinstance(wrong, ImportError):
            raise InputError(f"{folder}: its {part} needs SentencePiece: pip install 'tasktune[translation]'") from wrong
        raise InputError(
            f"{folder}: its {part} cannot be read ({reason}); give a folder as `save_pretrained` makes it"
        ) from wrong


def read_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a checkpoint, with a token to pad with."""
    with unreadable(folder, "tokenizer"):
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    tokenizer.deprecation_warnings["sequence-length-is-longer-than-the-specified-maximum"] = (
        True  # what is too long is seen to here
    )
    if tokenizer.pad_token is None:
        tokenizer.pad_token = (
            tokenizer.eos_token or tokenizer.unk_token
        )  # padding is masked everywhere, so that any token will do
    return tokenizer


def read_network(
    folder: Path, config: PretrainedConfig, framing: Framing, family: FamilyName, labels: Labels
) -> tuple[PreTrainedModel, tuple[str, ...]]:
    """The network of a checkpoint with the layers that a framing needs, and the names of weights that the checkpoint has not.

    Those are at random: a new head's, which tuning is for, or those of a checkpoint that does not fit.
    """
    if family == "encoder":
        for name, value in network_config(framing, labels).items():
            setattr(config, name, value)
    net, missing = weighted(network(framing, family), folder, config)
    if net.can_generate():
        net.generation_config = _own_tokens(net.generation_config)
    if isinstance(framing, Mask):
        with quiet():
            keep_pooler(folder, net)
    return net, missing


def weighted(made: Any, folder: Path, config: PretrainedConfig) -> tuple[PreTrainedModel, tuple[str, ...]]:
    """A network of the class `made` with a checkpoint's weights, and the names of those that the checkpoint has not."""
    with quiet(), unreadable(folder, "weights"):
        net, told = made.from_pretrained(
            folder,
            config=config,
            dtype=torch.float32,
            trust_remote_code=False,
            use_safetensors=True,
            local_files_only=True,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    return net, (*sorted(told["missing_keys"]), *sorted(key for key, *_ in told["mismatched_keys"]))


def _own_tokens(config: GenerationConfig) -> GenerationConfig:
    """A checkpoint's special tokens without its habits (beams, forbidden repetitions …): the recipe says how to decode.

    What it forces first and never lets be said (Marian's padding) is part of how it was taught (`heads.conventions`).
    """
    names = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id", "forced_bos_token_id", "bad_words_ids")
    untyped: Any = GenerationConfig
    plain: GenerationConfig = untyped(**{name: getattr(config, name) for name in names})
    return plain


def refuse_noise(folder: Path, net: PreTrainedModel, family: FamilyName, missing: Sequence[str]) -> None:
    """Raise `InputError` where weights that are at random would be of the pre-trained body, not of a new head."""
    body = "" if net.base_model is net else f"{net.base_model_prefix}."
    noise = [key for key in missing if family != "encoder" or (key.startswith(body) and "pooler." not in key)]
    if noise:
        shown = f"{', '.join(noise[:3])}{' …' if len(noise) > 3 else ''}"
        raise InputError(
            f"{folder} lacks {len(noise)} of the weights of a {net.config.model_type}, or has them in other sizes ({shown}); "
            "tuning would start from noise. Save it anew with `save_pretrained` of the class that made it"
        )


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
    halves: tuple[Any, ...] = (net.encoder, net.decoder) if net.config.model_type == "encoder-decoder" else (net,)
    for part in halves:  # an `encoder-decoder` is two models, each with its own table
        table: Any = part.get_input_embeddings()
        if len(tokenizer) > table.num_embeddings:
            part.resize_token_embeddings(len(tokenizer), mean_resizing=False)


def end_alike(net: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
    """Let `generate` end where texts end here too: at what ends a turn in a chat template, where that is a token of its own."""
    if not net.can_generate():  # a body alone, which gives vectors
        return
    told, end = net.generation_config, tokenizer.eos_token_id
    ends = told.eos_token_id if isinstance(told.eos_token_id, list) else [told.eos_token_id]
    if end is not None and end not in ends:
        told.eos_token_id = [*(other for other in ends if other is not None), end]


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
    configs = [net.config, *(getattr(net.config, part, None) for part in ("encoder", "decoder", "text_config"))]
    stated = [int(n) for c in configs if c is not None and (n := getattr(c, "max_position_embeddings", None))]
    tables = [m for name, m in net.named_modules() if name.endswith("position_embeddings") and isinstance(m, torch.nn.Embedding)]
    return [n - max([0, *(t.padding_idx + 1 for t in tables if t.padding_idx is not None)]) for n in stated]


def device(recipe: Recipe) -> torch.device:
    """The device that a recipe names; `auto` takes an accelerator where there is one."""
    if recipe.device != "auto":
        return _named_device(recipe.device)
    return (torch.accelerator.is_available() and torch.accelerator.current_accelerator()) or torch.device("cpu")


def _named_device(name: str) -> torch.device:
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as wrong:
        raise InputError(f"--device {name} cannot be used here: {str(wrong).splitlines()[0]}. Say auto, or cpu") from None


def fold(net: PreTrainedModel, center: float, scale: float) -> bool:
    """Let the last layer, of one output with a bias, give center + scale * output itself. False where there is no such layer."""
    last = [module for module in net.modules() if isinstance(module, torch.nn.Linear) and module.out_features == 1][-1:]
    if not last or last[0].bias is None:
        return False
    with torch.no_grad():
        last[0].weight.mul_(scale)
        last[0].bias.mul_(scale).add_(center)
    return True


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
