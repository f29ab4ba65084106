"""How the records of a pass are laid out for a network: packed in one row behind one another, or each padded to the longest.

Everything in most networks but attention looks at one token at a time, so that records can share a row, without padding, where
each token is told its place in its own record and attention stays within records. Whether that holds for a network is not looked
up in a list of names but tried: a network is packed for where its own records have the same log p packed as alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import cast, final

import torch
from transformers import PreTrainedModel

from tasktune.heads.base import Head
from tasktune.heads.features import Batch, Features, on
from tasktune.models.attention import within_records
from tasktune.models.batching import batches, rows

SAME = 1e-4
"""How far log p of a record may lie, packed, from what it is alone, per token and in fp32: rounding does 1e-6."""

CANNOT = (TypeError, ValueError, RuntimeError, IndexError, KeyError, AttributeError)
"""What a network raises that is asked in a way that it was not made for."""


class Layout(ABC):
    """How features become the tensors of a pass."""

    @abstractmethod
    def passes(self, lengths: Sequence[int], budget: int) -> list[list[int]]:
        """Indexes of features of these lengths, pass by pass, each within a budget of tokens."""

    @abstractmethod
    def batch(self, head: Head, features: Sequence[Features]) -> Batch:
        """The features of a pass as tensors."""

    @abstractmethod
    def running(self, net: PreTrainedModel) -> AbstractContextManager[None]:
        """What the network needs around a pass."""


@final
@dataclass(frozen=True, slots=True)
class Padded(Layout):
    """A row a feature, filled up to the longest."""

    def passes(self, lengths: Sequence[int], budget: int) -> list[list[int]]:
        """Those of like length together."""
        return batches(lengths, budget)

    def batch(self, head: Head, features: Sequence[Features]) -> Batch:
        """As the head does it."""
        return head.collate(features)

    def running(self, net: PreTrainedModel) -> AbstractContextManager[None]:
        """Nothing."""
        return nullcontext()


@final
@dataclass(frozen=True, slots=True)
class Packed(Layout):
    """One row of all features. Places are counted from `first`, since RoBERTa's begin behind its padding token."""

    first: int = 0

    def passes(self, lengths: Sequence[int], budget: int) -> list[list[int]]:
        """As they come."""
        return rows(lengths, budget)

    def batch(self, head: Head, features: Sequence[Features]) -> Batch:
        """Inputs (1, N), `positions`, `targets` and `mask` (1, S), and where each feature begins and the last ends, (B + 1,)."""
        ends = torch.tensor([0, *(f.length for f in features)]).cumsum(0)
        batch = {name: torch.tensor([[token for f in features for token in f.inputs[name]]]) for name in features[0].inputs}
        return batch | {
            "position_ids": torch.tensor([[place for f in features for place in range(self.first, self.first + f.length)]]),
            "cu_seq_lens_q": ends,
            "positions": torch.tensor(
                [[start + k for f, start in zip(features, ends.tolist(), strict=False) for k in f.positions]]
            ),
            "targets": torch.tensor([[target for f in features for target in f.targets]]),
            "mask": torch.ones(1, sum(len(f.targets) for f in features)),
        }

    def running(self, net: PreTrainedModel) -> AbstractContextManager[None]:
        """Attention that stays within features."""
        return within_records(net)


def layout(net: PreTrainedModel, head: Head, features: Sequence[Features]) -> Layout:
    """The best layout that leaves log p as it is, tried on the shortest and the longest of the features that are to come."""
    shortest, *_, longest = sorted([*features, *features], key=lambda f: f.length)
    return next((way for way in _packings(net, head) if _leaves_log_p(way, net, head, (shortest, longest, shortest))), Padded())


def _packings(net: PreTrainedModel, head: Head) -> list[Packed]:
    if not head.in_place or net.device.type != "cpu":  # an accelerator would idle, one record after another
        return []
    tables = [m for name, m in net.named_modules() if name.endswith("position_embeddings") and isinstance(m, torch.nn.Embedding)]
    return [Packed(first) for first in {0 if t.padding_idx is None else t.padding_idx + 1 for t in tables} or {0}]


@torch.no_grad()
def _leaves_log_p(way: Packed, net: PreTrainedModel, head: Head, features: Sequence[Features]) -> bool:
    """Whether each target is as probable as when its feature is read alone. A network that cannot do it raises all sorts."""
    cast(torch.nn.Module, net).eval()
    alone = torch.cat([head.token_log_p(net, on(net, Padded().batch(head, [f]))).flatten() for f in features])
    try:
        with way.running(net):
            together = head.token_log_p(net, on(net, way.batch(head, features))).flatten()
    except CANNOT:
        return False
    return together.shape == alone.shape and bool(torch.allclose(together, alone, rtol=SAME, atol=SAME))
