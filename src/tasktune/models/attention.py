"""Attention within records: what lets many of them share a row of a network's input, none seeing another.

transformers lets a network's attention be replaced by a registered function (`AttentionInterface`), so that no model's code is
copied. Shapes: N tokens in all, L of one record, H heads of D numbers, G of them with keys and values of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, final

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, PreTrainedModel

from tasktune.models.dropout import thinned

NAME = "within_records"


@contextmanager
def within_records(net: PreTrainedModel) -> Iterator[None]:
    """Let the network attend within the records whose ends it is given as `cu_seq_lens_q`, (B + 1,)."""
    before = net.config._attn_implementation
    net.set_attn_implementation(NAME)
    try:
        yield
    finally:
        net.set_attn_implementation(before)


@final
@dataclass(frozen=True, slots=True)
class Sight:
    """Which tokens of its record a token sees: those before it or all, within a window that counts itself, or without one."""

    causal: bool
    window: int | None

    def allowed(self, length: int, device: torch.device) -> Tensor | None:
        """Which (row) sees which (column), (L, L); `None` where each sees all."""
        window = length if self.window is None else self.window
        if not self.causal and length <= window:
            return None
        seen = torch.ones(length, length, dtype=torch.bool, device=device).triu_(1 - window)
        return seen.tril_(0 if self.causal else window - 1)


def _attention(
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
    """Attention as transformers asks for it: query (1, H, N, D), key and value (1, G, N, D), G divides H; out (1, N, H, D)."""
    sight = Sight(bool(getattr(module, "is_causal", True)) if is_causal is None else is_causal, sliding_window)
    scale = query.size(-1) ** -0.5 if scaling is None else scaling
    lengths = cu_seq_lens_q.diff().tolist()
    each = zip(*(torch.split(whole[0], lengths, 1) for whole in (query, key, value)), strict=True)
    one = partial(_dropping, share=dropout) if dropout else _fused
    return torch.cat([one(q, k, v, sight, scale) for q, k, v in each], 1).transpose(0, 1).unsqueeze(0), None


AttentionInterface.register(NAME, _attention)


def _fused(query: Tensor, key: Tensor, value: Tensor, sight: Sight, scale: float) -> Tensor:
    """Attention of one record, out (H, L, D), by torch's kernel, whose memory grows with L only."""
    length, shared = query.size(1), len(query) != len(key)
    simple = sight.causal and (sight.window is None or length <= sight.window)
    mask = None if simple else sight.allowed(length, query.device)
    row = (query[None], key[None], value[None])
    return scaled_dot_product_attention(*row, mask, is_causal=simple, scale=scale, enable_gqa=shared).squeeze(0)


def _dropping(query: Tensor, key: Tensor, value: Tensor, sight: Sight, scale: float, share: float) -> Tensor:
    """Attention of one record with dropout, out (H, L, D), by plain products: torch's kernel has no dropout on a CPU."""
    key, value = (x.repeat_interleave(len(query) // len(x), 0) for x in (key, value))
    weights = (query * scale) @ key.mT
    if (allowed := sight.allowed(query.size(1), query.device)) is not None:
        weights = weights.masked_fill(~allowed, float("-inf"))
    return thinned(weights.softmax(-1, torch.float32).to(query.dtype), share) @ value
