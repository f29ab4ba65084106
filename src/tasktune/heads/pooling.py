"""From the vectors of a text's tokens to one vector, as sentence-transformers has it: pooled, and behind a prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor

from tasktune.framings import Side

Mode = Literal["mean", "cls", "max", "lasttoken"]
MODES: tuple[str, ...] = get_args(Mode)
Prompts = tuple[tuple[Side, str], ...]


@dataclass(frozen=True, slots=True)
class Pooling:
    """How tokens become a vector, whether it is brought to length 1, and the prompt before a query, a document or neither."""

    mode: Mode = "mean"
    normalize: bool = True
    prompts: Prompts = ()

    def prompted(self, side: Side, text: str) -> str:
        """The text behind the prompt of its side."""
        return dict(self.prompts).get(side, "") + text


def pooled(hidden: Tensor, mask: Tensor, mode: Mode) -> Tensor:
    """Vectors (B, D) of rows of tokens (B, T, D), of which those count where `mask` (B, T) is 1; they stand on the left."""
    match mode:
        case "mean":
            weights = mask.unsqueeze(-1).to(hidden.dtype)
            return (hidden * weights).sum(1) / weights.sum(1)
        case "cls":
            return hidden[:, 0]
        case "max":
            return hidden.masked_fill(mask.unsqueeze(-1) == 0, -torch.inf).amax(1)
        case "lasttoken":
            return hidden[torch.arange(len(hidden), device=hidden.device), mask.sum(1) - 1]
