"""Training only those rows of the table of words that the training data use.

A task's data use a few thousand of the tens of thousands of words in an encoder's table. Else each pass fills a gradient for all
of them, and each step measures and applies it: about a tenth of a small batch. Rows that no record names have a gradient of zero,
with which AdamW does nothing but decay them. Here they are not decayed either: a word first met in production is the one that was
pre-trained. A table that also foretells words (a tied LM head) is trained whole: every step moves all its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, final

import torch
from torch import Tensor
from torch.nn.functional import embedding
from transformers import PreTrainedModel

from tasktune.models.sharding import is_sharded


@final
class OccurringRows(torch.nn.Module):
    """A table of V rows of which the R that occur are one parameter. While training, only they can be looked up.

    They stand first in memory, so that the parameter is a view of the whole table: evaluation sees what the optimizer does.
    """

    def __init__(self, table: torch.nn.Embedding, occurring: Tensor) -> None:
        super().__init__()
        last = torch.ones(table.num_embeddings, dtype=torch.bool, device=table.weight.device)
        last[occurring] = False
        order = last.to(torch.uint8).argsort(stable=True)
        self.place = order.argsort()
        self.whole = table.weight.detach()[order]
        self.rows = torch.nn.Parameter(self.whole[: len(occurring)])
        self.padding = None if table.padding_idx is None else int(self.place[table.padding_idx])

    def forward(self, tokens: Tensor) -> Tensor:
        """The rows of tokens of any shape: (…, D)."""
        return embedding(self.place[tokens], self.rows if self.training else self.whole, self.padding)


@contextmanager
def occurring_rows(net: PreTrainedModel, tokens: Iterable[int]) -> Iterator[None]:
    """Train only the rows of these tokens where the network's table of words can be so trained."""
    table: Any = net.get_input_embeddings()
    if not _separable(net, table):
        yield
        return
    used = sorted({*tokens} if table.padding_idx is None else {*tokens, table.padding_idx})
    some = OccurringRows(table, torch.tensor(used, device=table.weight.device))
    # not by `set_input_embeddings`, which not every network has that has a table (an EncoderDecoderModel)
    place, name = next((m, name) for m in net.modules() for name, child in m.named_children() if child is table)
    setattr(place, name, some)
    try:
        yield
    finally:
        table.weight.data.copy_(some.whole[some.place])
        setattr(place, name, table)


def _separable(net: PreTrainedModel, table: torch.nn.Module) -> bool:
    """Whether the table is a plain one, trained, and used in one place only."""
    if type(table) is not torch.nn.Embedding or not table.weight.requires_grad or table.max_norm is not None or is_sharded(net):
        return False
    return sum(p is table.weight for _, p in net.named_parameters(remove_duplicate=False)) == 1
