"""Choices read as one tree are as probable as each read alone, and a network that cannot read a tree is not asked to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers as hf
from torch import Tensor

from families import DECODERS
from tasktune.heads.tree import reads_trees, told, tree
from tasktune.heads.writers import Causal

CHOICES = [[7, 8, 9, 2], [7, 8, 2], [7, 2], [11, 8, 2], [2]]
PROMPTS = [[5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], [5], [9, 8, 7]]


def prompts() -> dict[str, Tensor]:
    widest = max(map(len, PROMPTS))
    return {
        "input_ids": torch.tensor([[0] * (widest - len(p)) + p for p in PROMPTS]),
        "attention_mask": torch.tensor([[0] * (widest - len(p)) + [1] * len(p) for p in PROMPTS]),
    }


def each_alone(net: Any) -> Tensor:
    """log p of every choice behind every prompt, one sequence at a time."""
    rows = [[float(_alone(net, prompt, choice)) for choice in CHOICES] for prompt in PROMPTS]
    return torch.tensor(rows)


def _alone(net: Any, prompt: list[int], choice: list[int]) -> Tensor:
    log_p = net(input_ids=torch.tensor([prompt + choice])).logits[0].log_softmax(-1)
    return log_p[range(len(prompt) - 1, len(prompt) + len(choice) - 1), choice].sum()


def test_what_choices_begin_with_alike_is_there_once() -> None:
    found = tree(CHOICES)
    assert found.tokens == (7, 8, 9, 11, 8)
    assert found.parents == (0, 1, 2, 0, 4)
    assert {(choice, token) for choice, _, token in found.steps} == {(k, t) for k, c in enumerate(CHOICES) for t in c}
    assert found.sees().sum(1).tolist() == [1, 2, 3, 1, 2]


@pytest.mark.parametrize("kind", DECODERS)
@torch.inference_mode()
def test_a_tree_says_what_each_choice_alone_says(kind: str, tiny: Callable[[str], Path]) -> None:
    net = hf.AutoModelForCausalLM.from_pretrained(tiny(kind)).eval()
    way = tree(CHOICES)
    assert reads_trees(net, prompts(), way, lambda few: Causal()._one_by_one(net, few, CHOICES))
    torch.testing.assert_close(told(net, prompts(), way), each_alone(net), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(Causal()._one_by_one(net, prompts(), CHOICES), each_alone(net), atol=1e-5, rtol=1e-5)


def test_choices_of_one_token_need_no_tree(tiny: Callable[[str], Path]) -> None:
    net = hf.AutoModelForCausalLM.from_pretrained(tiny("llama")).eval()
    with torch.inference_mode():
        found = told(net, prompts(), tree([[3], [4]]))
        expected = [net(input_ids=torch.tensor([p])).logits[0, -1].log_softmax(-1)[[3, 4]].tolist() for p in PROMPTS]
    torch.testing.assert_close(found, torch.tensor(expected), atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_a_network_that_does_not_see_far_reads_no_tree_where_that_tells() -> None:
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "vocab_size": 32}
    config = hf.MistralConfig(**sizes, num_key_value_heads=1, sliding_window=4, initializer_range=0.5, pad_token_id=0)
    net = hf.MistralForCausalLM(config).eval()
    torch.testing.assert_close(Causal().compare(net, prompts(), CHOICES), each_alone(net), atol=1e-5, rtol=1e-5)
    assert not torch.allclose(told(net, prompts(), tree(CHOICES)), each_alone(net), atol=1e-3)


@torch.inference_mode()
def test_a_network_that_takes_no_places_is_asked_another_way() -> None:
    class Odd(torch.nn.Module):
        device = torch.device("cpu")

        def forward(self, input_ids: Tensor) -> Tensor:
            raise AssertionError

    expected = torch.zeros(2, len(CHOICES))
    assert not reads_trees(Odd(), prompts(), tree(CHOICES), lambda _: expected)  # type: ignore[arg-type]
