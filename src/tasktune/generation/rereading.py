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
    """A decoder that keeps nothing between steps but the tokens. Slow, and the same for every network.

    One whose prompts see themselves `two_ways` (PaliGemma) is told which tokens are the prompt's.
    """

    def __init__(self, net: PreTrainedModel, two_ways: bool = False) -> None:
        self._net: Any = net
        self._sequences: list[list[int]] = []
        self._prompts: list[int] = []
        self._two_ways = two_ways

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
        self._prompts += map(len, prompts)
        return self._logits(range(self.rows - len(prompts), self.rows))

    def step(self, tokens: Tokens) -> Tensor:
        """Everything, one by one: what pads a sequence would go into the state of some networks."""
        for sequence, token in zip(self._sequences, tokens, strict=True):
            sequence.append(token)
        return self._logits(range(self.rows))

    def _logits(self, rows: Sequence[int]) -> Tensor:
        return torch.stack([self._net(**self._asked(row), use_cache=False).logits[0, -1] for row in rows]).float()

    def _asked(self, row: int) -> dict[str, Tensor]:
        ids = torch.tensor([self._sequences[row]], device=self._net.device)
        if not self._two_ways:
            return {"input_ids": ids}
        return {
            "input_ids": ids,
            "token_type_ids": (torch.arange(ids.size(1), device=ids.device) >= self._prompts[row]).long()[None],
        }

    def select(self, rows: Sequence[int]) -> None:
        """Of the tokens."""
        self._sequences = [[*self._sequences[row]] for row in rows]
        self._prompts = [self._prompts[row] for row in rows]


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
