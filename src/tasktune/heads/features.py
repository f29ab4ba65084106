"""Features, the inputs that records become, and the tensors that features become: padded, masked, on the network's device.

Shapes: B features in a batch, T positions of an input, S supervised tokens, K classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from tasktune.forms import Form

Batch = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Features:
    """One input of the network.

    `inputs` are lists of token ids by argument name. `targets` are what is to be said at `positions` of the output, empty where
    nothing is supervised. `start` is the number of words or tokens of the record that came in the windows before. `form` is what
    the text to be written is held to, where it has a form. `units` are the stretches of tokens (first, last + 1) that chance may
    mask, each as a whole.
    """

    inputs: dict[str, list[int]]
    positions: tuple[int, ...] = ()
    targets: tuple[int, ...] | tuple[float, ...] = ()
    start: int = 0
    form: Form | None = None
    units: tuple[tuple[int, int], ...] = ()

    @property
    def length(self) -> int:
        """Tokens in the longest of the inputs."""
        return max(len(ids) for ids in self.inputs.values())


def token_ids(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """The tokens of a text, with no special ones around it."""
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def written_ids(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """The tokens of a text that is to be written. Marian's tokenizers have other pieces for it than for one that is read."""
    if "target_spm" in tokenizer.vocab_files_names:
        return list(tokenizer(text_target=text, add_special_tokens=False)["input_ids"])
    return token_ids(tokenizer, text)


def sliding(length: int, longest: int) -> list[tuple[int, int, int]]:
    """Windows of at most `longest` over `length` tokens, as (start, done, end): what is before `done` is only context.

    The first quarter of each window but the first is context.
    """
    step = max(1, longest - longest // 4)
    starts = range(0, max(1, length - (longest - step)), step) if length > longest else [0]
    ends = [min(start + longest, length) for start in starts]
    return list(zip(starts, [0, *ends], ends, strict=False))


def run(net: PreTrainedModel, batch: Batch) -> Any:
    """One forward pass with the batch's inputs."""
    return net(**asked(batch))


def asked(batch: Batch) -> dict[str, Any]:
    """The batch's inputs, without the targets that ride along."""
    return {name: tensor for name, tensor in batch.items() if name not in ("positions", "targets", "mask")}


def padded(rows: Sequence[Sequence[float]], value: float, *, left: bool = False) -> Tensor:
    """Rows of unequal length as one tensor (B, longest), filled up with `value`."""
    width = max(len(row) for row in rows)
    filled = [[value] * (width - len(row)) + [*row] if left else [*row, *[value] * (width - len(row))] for row in rows]
    return torch.tensor(filled)


def collate_right(features: Sequence[Features], pad_id: int) -> Batch:
    """Features padded on the right, with the mask of what is input and of what is supervised."""
    fill = {"input_ids": pad_id}
    batch = {name: padded([f.inputs[name] for f in features], fill.get(name, 0)) for name in features[0].inputs}
    batch["attention_mask"] = padded([[1] * len(f.inputs["input_ids"]) for f in features], 0)
    return batch | supervised(features)


def supervised(features: Sequence[Features]) -> Batch:
    """The targets of features, where they have any."""
    if not any(f.targets for f in features):
        return {}
    return {
        "positions": padded([f.positions for f in features], 0),
        "targets": padded([f.targets for f in features], 0),
        "mask": padded([[1.0] * len(f.targets) for f in features], 0.0),
    }


def at(logits: Tensor, positions: Tensor) -> Tensor:
    """The logits (B, T, K) at `positions` (B, S): (B, S, K)."""
    return logits.gather(1, positions.unsqueeze(-1).expand(-1, -1, logits.size(-1)))


def log_p_of(logits: Tensor, targets: Tensor) -> Tensor:
    """log softmax of logits (B, S, K) at targets (B, S): (B, S), in float32."""
    return logits.float().log_softmax(-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)


def on(net: PreTrainedModel, batch: Batch) -> Batch:
    """The batch on the device of the network."""
    return {name: tensor.to(net.device) for name, tensor in batch.items()}
