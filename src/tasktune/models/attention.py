"""Attention within records: what lets many of them share a row of a network's input, none seeing another.

transformers lets a network's attention be replaced by a registered function (`AttentionInterface`), so that no model's code is
copied. Shapes: N tokens in all, L of one record, H heads of D numbers, G of them with keys and values of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any, final

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, PreTrainedModel

from tasktune.heads.eyes import sees
from tasktune.models.batching import batches
from tasktune.models.dropout import thinned

NAME = "within_records"


@contextmanager
def within_records(net: PreTrainedModel) -> Iterator[None]:
    """Let the network attend within the records whose ends it is given as `cu_seq_lens_q`, (B + 1,)."""
    whole: Any = net
    words: PreTrainedModel = whole.get_decoder() if sees(net) else net  # pictures are looked at as ever
    before = words.config._attn_implementation
    words.set_attn_implementation(NAME)
    try:
        yield
    finally:
        words.set_attn_implementation(before)


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
    if dropout:
        return _dropping(query * scale, key, value, _groups(tuple(lengths)), sight, dropout), None
    each = zip(*(torch.split(whole[0], lengths, 1) for whole in (query, key, value)), strict=True)
    return torch.cat([_fused(q, k, v, sight, scale) for q, k, v in each], 1).transpose(0, 1).unsqueeze(0), None


AttentionInterface.register(NAME, _attention)


def _fused(query: Tensor, key: Tensor, value: Tensor, sight: Sight, scale: float) -> Tensor:
    """Attention of one record, out (H, L, D), by torch's kernel, whose memory grows with L only."""
    length, shared = query.size(1), len(query) != len(key)
    simple = sight.causal and (sight.window is None or length <= sight.window)
    mask = None if simple else sight.allowed(length, query.device)
    row = (query[None], key[None], value[None])
    return scaled_dot_product_attention(*row, mask, is_causal=simple, scale=scale, enable_gqa=shared).squeeze(0)


@final
@dataclass(frozen=True, slots=True)
class Group:
    """Records of like length among those of a row: b of them, the longest of L tokens.

    `tokens` (n,) are the places of their tokens in the row, `slots` (n,) those in b * L slots, and `real` (b, L) says which slots
    are taken.
    """

    tokens: Tensor
    slots: Tensor
    real: Tensor


@lru_cache(maxsize=8)  # asked for by each layer of a network
def _groups(lengths: tuple[int, ...]) -> tuple[Group, ...]:
    starts = [0, *accumulate(lengths)]
    return tuple(_group([(starts[k], lengths[k]) for k in together]) for together in batches(lengths, sum(lengths) ** 2))


def _group(records: Sequence[tuple[int, int]]) -> Group:
    longest = max(length for _, length in records)
    tokens = torch.cat([torch.arange(start, start + length) for start, length in records])
    real = torch.arange(longest) < torch.tensor([[length] for _, length in records])
    return Group(tokens, real.flatten().nonzero().squeeze(1), real)


def _dropping(query: Tensor, key: Tensor, value: Tensor, groups: Sequence[Group], sight: Sight, share: float) -> Tensor:
    """Attention with dropout, which torch's kernel has not on a CPU: by plain products, a group of records at once."""
    rows = [whole[0].transpose(0, 1) for whole in (query, key, value)]  # (N, H, D)
    told = torch.cat([_together([_spread(row, group) for row in rows], group, sight, share) for group in groups])
    places = torch.cat([group.tokens for group in groups])
    return _moved(told, torch.arange(len(places)), places, len(places)).unsqueeze(0)


def _spread(row: Tensor, group: Group) -> Tensor:
    """What a row (N, H, D) has for the tokens of a group, in its slots: (b, H, L, D)."""
    slots = _moved(row, group.tokens, group.slots, group.real.numel())
    return slots.view(*group.real.shape, *row.shape[1:]).transpose(1, 2)


def _together(parts: Sequence[Tensor], group: Group, sight: Sight, share: float) -> Tensor:
    """Attention of the records of a group, out (n, H, D); `parts` are queries (b, H, L, D), keys and values (b, G, L, D)."""
    query, key, value = (part.repeat_interleave(parts[0].size(1) // part.size(1), 1) for part in parts)
    allowed = group.real[:, None, None]
    if (seen := sight.allowed(query.size(2), query.device)) is not None:
        allowed = allowed & seen
    weights = (query @ key.mT).masked_fill(~allowed, torch.finfo(query.dtype).min)
    told = thinned(weights.softmax(-1, torch.float32).to(query.dtype), share) @ value
    return _moved(told.transpose(1, 2).flatten(0, 1), group.slots, torch.arange(len(group.slots)), len(group.slots))


def _moved(x: Tensor, of: Tensor, to: Tensor, size: int) -> Tensor:
    """Rows of `x` from some places, put in others among `size`; the rest is 0. No place may be named twice."""
    result: Tensor = _Moved.apply(x, of, to, size)  # type: ignore[no-untyped-call]
    return result


@final
class _Moved(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, of: Tensor, to: Tensor, size: int) -> Tensor:
        ctx.save_for_backward(of, to)
        ctx.size = len(x)
        return x.new_zeros(size, *x.shape[1:]).index_copy_(0, to, x.index_select(0, of))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        of, to = ctx.saved_tensors
        back = gradient.new_zeros(ctx.size, *gradient.shape[1:]).index_copy_(0, of, gradient.index_select(0, to))
        return back, None, None, None
