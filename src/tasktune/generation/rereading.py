"""Writing with a network that remembers in other ways than keys and values (a state-space model, say): it reads all anew."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, final

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

from tasktune.generation.lanes import DecoderLanes, Lanes, Tokens


@final
class RereadingLanes(Lanes):
    """A decoder that keeps nothing between steps but the tokens. Slow, and the same for every network."""

    def __init__(self, net: PreTrainedModel) -> None:
        self._net: Any = net
        self._sequences: list[list[int]] = []

    @property
    def rows(self) -> int:
        """R."""
        return len(self._sequences)

    @property
    def joinable(self) -> bool:
        """Always."""
        return True

    def read(self, prompts: Sequence[Tokens], openings: Sequence[Tokens]) -> Tensor:
        """One by one."""
        self._sequences += [[*prompt] for prompt in prompts]
        return self._logits(self._sequences[-len(prompts) :])

    def step(self, tokens: Tokens) -> Tensor:
        """Everything, one by one: what pads a sequence would go into the state of some networks."""
        for sequence, token in zip(self._sequences, tokens, strict=True):
            sequence.append(token)
        return self._logits(self._sequences)

    def _logits(self, sequences: Sequence[Tokens]) -> Tensor:
        ids = (torch.tensor([[*sequence]], device=self._net.device) for sequence in sequences)
        return torch.stack([self._net(input_ids=row, use_cache=False).logits[0, -1] for row in ids]).float()

    def select(self, rows: Sequence[int]) -> None:
        """Of the tokens."""
        self._sequences = [[*self._sequences[row]] for row in rows]


def decoder_lanes(net: PreTrainedModel) -> Lanes:
    """A decoder made ready to write, with its memory where that is of keys and values."""
    kinds = {type(layer) for layer in DynamicCache(config=net.config).layers}
    if not net._is_stateful and kinds <= {DynamicLayer, DynamicSlidingWindowLayer}:
        return DecoderLanes(net)
    warnings.warn(
        f"what a {net.config.model_type} remembers is not of keys and values: it reads all anew for each token, which is slow",
        stacklevel=2,
    )
    return RereadingLanes(net)
