"""Choices as a tree, in which what several begin with is one way: all of them are read behind a prompt in a single pass.

The row of a pass is the prompt and then every node of the tree. A node sees the prompt and the nodes on its own way, and its
place is that behind the prompt which it has on its way, so that what it foretells is what it would foretell alone (tree
attention, as in SpecInfer, Miao et al. 2023).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, final
from weakref import WeakKeyDictionary

import torch
from torch import Tensor
from transformers import PreTrainedModel

from tasktune.heads.features import Batch

_UNSEEN: Final = torch.finfo(torch.bfloat16).min  # not -inf, which would leave rows of nothing but padding without a number
_SAME: Final = 1e-4


@final
@dataclass(frozen=True, slots=True)
class Tree:
    """Choices of which each is a way of tokens from the end of a prompt, node 0.

    `tokens` and `parents` are those of the nodes from 1 on. Each of `steps` is (choice, node that foretells, token foretold).
    """

    tokens: tuple[int, ...]
    parents: tuple[int, ...]
    steps: tuple[tuple[int, int, int], ...]

    def sees(self) -> Tensor:
        """Which nodes from 1 on each of them sees, (N, N): itself and those before it on its way."""
        seen = torch.eye(len(self.tokens), dtype=torch.bool)
        for node, parent in enumerate(self.parents, 1):
            if parent:
                seen[node - 1] |= seen[parent - 1]
        return seen


def tree(choices: Sequence[Sequence[int]]) -> Tree:
    """The tree of choices, each a sequence of tokens. The last token of each is only foretold."""
    ways: dict[tuple[int, ...], int] = {(): 0}
    steps = []
    for number, choice in enumerate(map(tuple, choices)):
        for k, token in enumerate(choice):
            steps.append((number, ways.setdefault(choice[:k], len(ways)), token))
    beyond = list(ways)[1:]
    return Tree(tuple(way[-1] for way in beyond), tuple(ways[way[:-1]] for way in beyond), tuple(steps))


def told(net: PreTrainedModel, prompts: Batch, choices: Tree) -> Tensor:
    """log p of each of C choices after each of B prompts that are padded on the left, (B, C)."""
    mask, sees = prompts["attention_mask"], choices.sees().to(net.device)
    rows, nodes = len(mask), len(sees)
    order = torch.ones(mask.size(1) + nodes, mask.size(1) + nodes, dtype=torch.bool, device=net.device).tril()
    order[mask.size(1) :, mask.size(1) :] = sees
    seen = torch.cat([mask.bool(), mask.new_ones(rows, nodes, dtype=torch.bool)], 1)[:, None, None] & order
    depths = sees.sum(1) - 1
    said = net(
        input_ids=torch.cat(
            [prompts["input_ids"], torch.tensor(choices.tokens, dtype=torch.long, device=net.device).expand(rows, -1)], 1
        ),
        attention_mask=torch.zeros(seen.shape, device=net.device).masked_fill(~seen, _UNSEEN),
        position_ids=torch.cat([(mask.cumsum(1) - 1).clamp(min=0), mask.sum(1, keepdim=True) + depths], 1),
        use_cache=False,
        logits_to_keep=nodes + 1,
    ).logits.float()
    choice, node, token = torch.tensor(choices.steps, device=net.device).T
    log_p = said[:, node, token] - said.logsumexp(-1)[:, node]
    found: Tensor = log_p.new_zeros(rows, int(choice.max()) + 1).index_add_(1, choice, log_p)
    return found


_widest: WeakKeyDictionary[PreTrainedModel, int | None] = WeakKeyDictionary()
"""The longest prompts behind which each network was seen to read a tree right; `None` where it does not."""


def reads_trees(net: PreTrainedModel, prompts: Batch, choices: Tree, alone: Callable[[Batch], Tensor]) -> bool:
    """Whether log p by the tree is what `alone` finds in its own way: tried on two of the prompts whenever longer ones come.

    Some networks count places or see what is before in ways of their own, and one with a window does so once it is passed.
    """
    width, known = prompts["attention_mask"].size(1), _widest.get(net, 0)
    if known is not None and width > known:
        few = {name: tensor[[0, -1]] for name, tensor in prompts.items()}
        known = width if _same(net, few, choices, alone) else None
        _widest[net] = known
    return known is not None


def _same(net: PreTrainedModel, prompts: Batch, choices: Tree, alone: Callable[[Batch], Tensor]) -> bool:
    with torch.autocast(net.device.type, enabled=False):
        expected = alone(prompts)
        try:
            return torch.allclose(told(net, prompts, choices), expected, rtol=_SAME, atol=_SAME)
        except (TypeError, ValueError, RuntimeError, IndexError, KeyError, AttributeError):
            return False  # a network that cannot do it raises all sorts
