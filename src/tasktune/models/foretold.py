"""The loss of a language model without its logits, which are most of the memory that training takes: tokens × vocabulary.

Only the positions before supervised tokens go through the last layer, a few hundred at a time, and of a chunk's logits only the
sum of log p is kept, and its gradient, which is had at once (as in Liger Kernel, Hsu et al. 2024). Whether a network's last layer
is all there is between its last hidden states and its logits (some scale or cap them) is tried, not looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

import torch
from torch import Tensor
from torch.nn.functional import linear
from transformers import PreTrainedModel

from tasktune.heads.base import Head
from tasktune.heads.eyes import sees
from tasktune.heads.features import Batch, Features, asked, at, on
from tasktune.models.packing import CANNOT, SAME, Layout
from tasktune.models.sharding import is_sharded

Loss = Callable[[PreTrainedModel, Batch, Tensor | None], Tensor]
"""Negative log p summed over a batch, given the network and the weights of classes."""

_ROWS = 512
"""Positions whose logits there are at a time: 100 MB of 50,000 words in fp32."""


def loss(net: PreTrainedModel, head: Head, layout: Layout, features: Sequence[Features]) -> Loss:
    """The head's loss, without logits where that is seen to be the same on the shortest of the features to come."""
    some = [min(features, key=lambda f: f.length)]
    last: Any = net
    if type(last.get_output_embeddings()) is not torch.nn.Linear or is_sharded(net):
        return head.loss
    batch = on(net, layout.batch(head, some))
    with torch.no_grad(), layout.running(net):
        try:
            short = summed(net, batch, None)
        except CANNOT:
            return head.loss
        same = torch.allclose(short, head.loss(net, batch, None), rtol=SAME)
    return summed if same else head.loss


def summed(net: PreTrainedModel, batch: Batch, weights: Tensor | None) -> Tensor:
    """Negative log p of a batch's targets; words are no classes, and have no weights."""
    whole: Any = getattr(net, "get_base_model", lambda: net)()  # with its adapters, if any
    told = batch["mask"] > 0
    body = whole.model if sees(net) else whole.get_decoder()
    hidden = body(**asked(batch), use_cache=False).last_hidden_state
    last = whole.get_output_embeddings()
    total: Tensor = _Summed.apply(at(hidden, batch["positions"])[told], last.weight, last.bias, batch["targets"][told])  # type: ignore[no-untyped-call]
    return total


@final
class _Summed(torch.autograd.Function):
    """-Σ log softmax(hidden weightᵀ + bias) at targets (S,): hidden (S, D), weight (V, D), bias (V,) or none."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor | None, targets: Tensor) -> Tensor:
        total = hidden.new_zeros((), dtype=torch.float32)
        to_hidden = torch.empty_like(hidden)
        to_weight, to_bias = (torch.zeros_like(x) if x is not None and x.requires_grad else None for x in (weight, bias))
        for start in range(0, len(hidden), _ROWS):
            here = slice(start, start + _ROWS)
            rows, ids = hidden[here], targets[here, None]
            log_p = linear(rows, weight, bias).float().log_softmax(-1)
            total -= log_p.gather(1, ids).sum()
            slopes = (
                log_p.exp_().scatter_add_(1, ids, log_p.new_full(ids.shape, -1.0)).to(rows.dtype)
            )  # of the loss, by the logits
            to_hidden[here] = slopes @ weight.to(slopes.dtype)
            if to_weight is not None:
                to_weight += slopes.mT @ rows
            if to_bias is not None:
                to_bias += slopes.sum(0)
        ctx.save_for_backward(to_hidden, to_weight, to_bias)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        """The gradients that are there, times that of the sum. `targets` have none."""
        return *(None if slopes is None else slopes * gradient for slopes in ctx.saved_tensors), None
