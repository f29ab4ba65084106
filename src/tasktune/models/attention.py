"""Attention within records: what lets many of them share a row of a network's input, none seeing another.

transformers lets a network's attention be replaced by a registered function (`AttentionInterface`), so that no model's code is
copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import dropout as dropped
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, PreTrainedModel

NAME = "within_records"

_LONG = 512
"""From this many tokens on, a record's matrix of attention is not kept for the backward pass, but computed anew (SDPA)."""


@contextmanager
def within_records(net: PreTrainedModel) -> Iterator[None]:
    """Let the network attend within the records that `packed` tells of."""
    before = net.config._attn_implementation
    net.set_attn_implementation(NAME)
    try:
        yield
    finally:
        net.set_attn_implementation(before)


def attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    cu_seq_lens_q: Tensor,
    dropout: float = 0.0,
    scaling: float | None = None,
    is_causal: bool | None = None,
    sliding_window: int | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attention as transformers asks for it: query (1, H, N, D), key and value (1, G, N, D), G a divisor of H; out (1, N, H, D)."""
    causal = bool(getattr(module, "is_causal", True)) if is_causal is None else is_causal
    scale = query.size(-1) ** -0.5 if scaling is None else scaling
    lengths = cu_seq_lens_q.diff().tolist()
    each = zip(*(torch.split(whole.squeeze(0), lengths, 1) for whole in (query, key, value)), strict=True)
    out = [_one(q, k, v, _allowed(q.size(1), causal, sliding_window, q.device), scale, dropout) for q, k, v in each]
    return torch.cat(out, 1).transpose(0, 1).unsqueeze(0), None


AttentionInterface.register(NAME, attention)


def _allowed(length: int, causal: bool, window: int | None, device: torch.device) -> Tensor | None:
    """Which token (row) sees which (column), (L, L); `None` where each sees all. A window counts the token itself."""
    if not causal and (window is None or length <= window):
        return None
    seen = torch.ones(length, length, dtype=torch.bool, device=device)
    if window is not None:
        seen = seen.triu(1 - window) if causal else seen.triu(1 - window).tril(window - 1)
    return seen.tril() if causal else seen


def _one(query: Tensor, key: Tensor, value: Tensor, allowed: Tensor | None, scale: float, dropout: float) -> Tensor:
    """Attention of one record: query (H, L, D), key and value (G, L, D); out (H, L, D).

    Plain products: up to a few hundred tokens the backward pass of torch's fused attention takes longer on a CPU.
    """
    heads, length, width = query.shape
    if length >= _LONG:
        share = heads != key.size(0)
        return scaled_dot_product_attention(
            query[None], key[None], value[None], allowed, dropout, scale=scale, enable_gqa=share
        ).squeeze(0)
    grouped = query.reshape(key.size(0), -1, width) * scale  # the heads that share keys and values, behind one another
    weights = (grouped @ key.mT).view(heads, length, length)
    if allowed is not None:
        weights = weights.masked_fill(~allowed, float("-inf"))
    shares = dropped(weights.float().softmax(-1).to(query.dtype), dropout, training=dropout > 0)
    return (shares.view(key.size(0), -1, length) @ value).view(heads, length, width)
