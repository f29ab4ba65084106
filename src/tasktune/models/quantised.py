"""Linear layers with 8-bit weights: a quarter of the memory, and of the reading where few tokens pass at a time.

Each row of a weight matrix is rounded to 255 steps of its own (symmetric, weights only, as in LLM.int8 without outliers: Dettmers
et al. 2022); what flows through the network keeps its numbers. Rounding activations as well, with one scale for all, is what
makes a network say other things, and is not done. Whether the network still says the same is measured before it is used.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any, final

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from tasktune.core import InputError, Lost, Record
from tasktune.heads.base import Head
from tasktune.heads.biaffine import BiaffineParser
from tasktune.heads.embed import Embedder
from tasktune.heads.features import on
from tasktune.heads.linker import BiaffineLinker

ALLOWED = 0.02
"""Nats by which a word's distribution may differ (Kullback–Leibler), in the mean: so much less likely may a held-out text be."""

_FEW = 4
"""Rows up to which the product of 8-bit weights is bound by reading them, and torch's kernel for it is the faster one."""

_LANES = 16
"""Of a multiple of so many inputs torch's kernel makes the right sum; of others it reads beyond them (torch 2.13)."""

_BLOCK = 1024
"""Rows of weights that are made float at a time, few enough to stay in the processor's cache."""


@final
class Int8Linear(nn.Module):
    """A linear layer whose weights are whole numbers from -127 to 127 (O, I), with a scale for each row (O)."""

    weight: Tensor
    scale: Tensor
    ones: Tensor
    bias: Tensor | None

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        scale = weight.abs().amax(1).clamp(min=1e-12) / 127
        self.register_buffer("weight", (weight / scale[:, None]).round().to(torch.int8).contiguous())
        self.register_buffer("scale", scale)
        self.register_buffer("ones", torch.ones_like(scale, dtype=torch.bfloat16))
        self.register_buffer("bias", bias)

    def forward(self, given: Tensor) -> Tensor:
        """Inputs (…, I) times the weights: (…, O)."""
        rows = given.reshape(-1, given.size(-1))
        if len(rows) <= _FEW and given.device.type == "cpu" and rows.size(1) % _LANES == 0:
            out = torch._weight_int8pack_mm(rows.bfloat16(), self.weight, self.ones).to(given.dtype)
        else:
            out = torch.cat([rows @ block.to(given.dtype).t() for block in torch.split(self.weight, _BLOCK)], 1)
        out = out * self.scale
        return (out if self.bias is None else out + self.bias).view(*given.shape[:-1], -1)


def is_quantised(net: PreTrainedModel) -> bool:
    """Whether a network has 8-bit weights."""
    return any(isinstance(layer, Int8Linear) for layer in net.modules())


def quantise(net: PreTrainedModel, head: Head, records: Iterable[Record]) -> None:
    """Give a network 8-bit weights, if it says the same with them when it is asked about `records`; else warn and leave it.

    Raises `InputError` for a parser, a linker and an embedder: trees, links and vectors are no distributions to compare.
    """
    if isinstance(net, BiaffineParser | BiaffineLinker) or isinstance(head, Embedder):
        raise InputError("precision int8 is not there for models that parse, link or embed; leave it out")
    asked = [features for record in records for features in head.encode(record, Lost())]
    before = [part for features in asked for part in _says(net, head, features)]
    own = _replace(net)
    apart = _apart(before, [part for features in asked for part in _says(net, head, features)])
    if apart <= ALLOWED:
        return
    for parent, name, layer in own:
        setattr(parent, name, layer)
    warnings.warn(
        f"8-bit weights would change what the model says by {apart:.3f} nats a word, more than {ALLOWED}: it keeps its own",
        stacklevel=2,
    )


def _replace(net: PreTrainedModel) -> list[tuple[nn.Module, str, nn.Module]]:
    """Put 8-bit layers in the places of a network's linear ones. Those that were there: parent, name, layer."""
    linear: list[tuple[nn.Module, str, nn.Module]] = [
        (parent, name, layer)
        for parent in net.modules()
        for name, layer in parent.named_children()
        if isinstance(layer, nn.Linear | Conv1D)
    ]
    for parent, name, layer in linear:
        own: Any = layer
        weight = own.weight.detach()
        setattr(parent, name, Int8Linear(weight.t() if isinstance(layer, Conv1D) else weight, own.bias))
    return linear


@torch.inference_mode()
def _says(net: PreTrainedModel, head: Head, features: Any) -> list[Tensor]:
    """The log-probabilities (N, K) that a network gives at each of its places; an encoder-decoder writes what it reads.

    They are several where a network says several things: starts and ends, masked words and whether texts follow each other.
    """
    batch = on(net, head.collate([features]))
    also = {"decoder_input_ids": batch["input_ids"]} if net.config.is_encoder_decoder else {}
    said = net(**{**batch, **also})
    return [said[name].float().log_softmax(-1).flatten(0, -2) for name in said if name.endswith("logits")]


def _apart(before: list[Tensor], after: list[Tensor]) -> float:
    """The mean divergence of distributions from those before."""
    each = torch.cat([(was.exp() * (was - now)).sum(-1) for was, now in zip(before, after, strict=True)])
    return float(each.mean())
