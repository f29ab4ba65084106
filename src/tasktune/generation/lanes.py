"""The sequences that are being written side by side, and the network that foretells the next token of each.

Shapes: N prompts, R sequences, V the vocabulary.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from inspect import signature
from typing import Any, final

import torch
from torch import Tensor
from transformers import DynamicCache, EncoderDecoderCache, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput

from tasktune.generation.memory import Memory

Tokens = Sequence[int]


class Lanes(ABC):
    """A network, and what it remembers of R sequences. Every step takes one token for each."""

    @property
    @abstractmethod
    def rows(self) -> int:
        """R."""

    @property
    @abstractmethod
    def joinable(self) -> bool:
        """Whether sequences may be added now."""

    @abstractmethod
    def read(self, prompts: Sequence[Tokens], openings: Sequence[Tokens]) -> Tensor:
        """Read prompts; their sequences are the last from now on. The logits of what comes first behind each opening, (N, V).

        An opening is what a sequence begins with: of a decoder the prompt itself.
        """

    @abstractmethod
    def step(self, tokens: Tokens) -> Tensor:
        """Take one more token of each sequence. The logits of what comes next, (R, V)."""

    @abstractmethod
    def select(self, rows: Sequence[int]) -> None:
        """Keep these sequences, in this order; one may be kept more than once."""


@final
class DecoderLanes(Lanes):
    """A decoder: prompts are the beginnings of the sequences, and may join at any time."""

    def __init__(self, net: PreTrainedModel) -> None:
        self._net: Any = net
        self._memory = Memory()
        takes = accepted(net)
        self._positions = "position_ids" in takes
        self._few = {"logits_to_keep": 1} if "logits_to_keep" in takes else {}

    @property
    def rows(self) -> int:
        """R."""
        return len(self._memory.place.lengths)

    @property
    def joinable(self) -> bool:
        """Always."""
        return True

    def read(self, prompts: Sequence[Tokens], openings: Sequence[Tokens]) -> Tensor:
        """Padded on the left, in one pass."""
        width, device = max(map(len, prompts)), self._net.device
        ids = torch.tensor([[*[0] * (width - len(p)), *p] for p in prompts], device=device)
        mask = torch.tensor([[*[0] * (width - len(p)), *[1] * len(p)] for p in prompts], device=device)
        cache = DynamicCache()
        logits = self._logits(ids, mask, (mask.cumsum(1) - 1).clamp(min=0), cache)
        self._memory.add(cache.layers, [len(p) for p in prompts])
        return logits

    def step(self, tokens: Tokens) -> Tensor:
        """The positions are the lengths."""
        self._memory.make_room()
        device, lengths = self._net.device, self._memory.place.lengths
        places = torch.tensor(lengths, device=device)[:, None]
        ids = torch.tensor(tokens, device=device)[:, None]
        logits = self._logits(ids, self._memory.mask(device), places, self._memory.cache)
        self._memory.grown()
        return logits

    def _logits(self, ids: Tensor, mask: Tensor, places: Tensor, cache: Any) -> Tensor:
        positions = {"position_ids": places} if self._positions else {}
        out = self._net(input_ids=ids, attention_mask=mask, past_key_values=cache, use_cache=True, **positions, **self._few)
        logits: Tensor = out.logits[:, -1]
        return logits.float()

    def select(self, rows: Sequence[int]) -> None:
        """In the memory."""
        self._memory.select(rows)


@final
class EncoderDecoderLanes(Lanes):
    """An encoder-decoder: prompts are encoded, and all sequences begin with openings of one length, side by side.

    Many decoders count positions by columns, so that all must be equally long: others join when there are openings only, or when
    all have ended.
    """

    def __init__(self, net: PreTrainedModel) -> None:
        self._net: Any = net
        self._opened = 0
        self._forget()

    def _forget(self) -> None:
        self._memory = Memory()
        self._cache: Any = EncoderDecoderCache(self._memory.cache, DynamicCache())
        self._read = self._mask = torch.zeros(0, 0)

    @property
    def rows(self) -> int:
        """R."""
        return len(self._mask)

    @property
    def joinable(self) -> bool:
        """Where there are no sequences, or all are at their opening."""
        return all(length == self._opened for length in self._memory.place.lengths)

    def read(self, prompts: Sequence[Tokens], openings: Sequence[Tokens]) -> Tensor:
        """Padded on the right, in one pass; then the openings."""
        if not self.rows:
            self._forget()
        width, device = max(map(len, prompts)), self._net.device
        ids = torch.tensor([[*p, *[0] * (width - len(p))] for p in prompts], device=device)
        mask = torch.tensor([[*[1] * len(p), *[0] * (width - len(p))] for p in prompts], device=device)
        read = self._net.get_encoder()(input_ids=ids, attention_mask=mask).last_hidden_state
        cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        logits = self._logits(openings, cache, read, mask)
        self._opened = len(openings[0])
        self._memory.add(cache.self_attention_cache.layers, [self._opened] * len(prompts))
        self._join(cache.cross_attention_cache, read, mask)
        return logits

    def _join(self, cross: Any, read: Tensor, mask: Tensor) -> None:
        """Put what was read beside what was read before, padded on the right."""
        if self.rows:
            for mine, theirs in zip(self._cache.cross_attention_cache.layers, cross.layers, strict=True):
                theirs.keys, theirs.values = beside(mine.keys, theirs.keys, 2), beside(mine.values, theirs.values, 2)
            read, mask = beside(self._read, read, 1), beside(self._mask, mask, 1)
        self._cache, self._read, self._mask = EncoderDecoderCache(self._memory.cache, cross), read, mask

    def step(self, tokens: Tokens) -> Tensor:
        """The cache says how long all are."""
        self._memory.make_room()
        logits = self._logits([[token] for token in tokens], self._cache, self._read, self._mask)
        self._memory.grown()
        return logits

    def _logits(self, tokens: Sequence[Tokens], cache: Any, read: Tensor, mask: Tensor) -> Tensor:
        out = self._net(
            encoder_outputs=BaseModelOutput(last_hidden_state=read),
            attention_mask=mask,
            decoder_input_ids=torch.tensor([[*row] for row in tokens], device=self._net.device),
            past_key_values=cache,
            use_cache=True,
        )
        logits: Tensor = out.logits[:, -1]
        return logits.float()

    def select(self, rows: Sequence[int]) -> None:
        """In the memory, and of what was read."""
        if [*rows] == [*range(self.rows)]:
            return
        chosen = torch.tensor([*rows], dtype=torch.long, device=self._net.device)
        self._memory.select(rows)
        self._cache.cross_attention_cache.batch_select_indices(chosen)
        self._read, self._mask = self._read[chosen], self._mask[chosen]


def beside(left: Tensor, right: Tensor, dim: int) -> Tensor:
    """Rows under rows, the narrower padded with zeros behind in dimension `dim`."""
    width = max(left.size(dim), right.size(dim))
    wide = [torch.cat([t, t.new_zeros([*t.shape[:dim], width - t.size(dim), *t.shape[dim + 1 :]])], dim) for t in (left, right)]
    return torch.cat(wide)


def accepted(net: PreTrainedModel) -> frozenset[str]:
    """The arguments that a network takes; those of the network itself where adapters are wrapped around it."""
    unwrapped: Any = getattr(net, "get_base_model", lambda: net)
    return frozenset(signature(unwrapped().forward).parameters)
