"""The arithmetic of docs/scale.md is that of the models and of torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, LlamaConfig

import scale
from tasktune.models.named import NAMED

LLAMA_8B = LlamaConfig(
    hidden_size=4096,
    num_hidden_layers=32,
    intermediate_size=14336,
    num_attention_heads=32,
    num_key_value_heads=8,
    vocab_size=128256,
)


def test_the_shapes_are_those_of_the_models() -> None:
    with torch.device("meta"):
        eight = AutoModelForCausalLM.from_config(LLAMA_8B)
    assert eight.num_parameters() == scale.EIGHT.parameters
    assert (scale.EIGHT.layers, scale.EIGHT.hidden) == (LLAMA_8B.num_hidden_layers, LLAMA_8B.hidden_size)
    assert eight.get_input_embeddings().weight.numel() == scale.EIGHT.looked_up
    assert (NAMED["minilm"].parameters, NAMED["smollm2"].parameters) == (scale.MINILM.parameters, scale.SMOLLM2.parameters)


def counted(folder: Path, auto: type, tokens: int) -> tuple[scale.Shape, float]:
    """The shape of a tiny model, and what torch counts of operations for a token on the way forwards and back."""
    config = AutoConfig.from_pretrained(folder)
    net = auto.from_pretrained(folder, attn_implementation="eager")
    words = net.get_input_embeddings().weight.numel()
    tables = 0 if config.tie_word_embeddings and auto is AutoModelForCausalLM else words
    places = sum(p.numel() for name, p in net.named_parameters() if "position_embeddings" in name or ".wpe." in name)
    shape = scale.Shape(
        "", net.num_parameters(), tables + places, config.num_hidden_layers, config.hidden_size, config.vocab_size, tokens
    )
    with FlopCounterMode(display=False) as counter:
        net(input_ids=torch.ones(1, tokens, dtype=torch.long))[0].sum().backward()
    return shape, counter.get_total_flops() / tokens


@pytest.mark.parametrize(("kind", "auto", "tokens"), [("gpt2", AutoModelForCausalLM, 64), ("bert", AutoModel, 128)])
def test_torch_counts_as_many_operations(tiny: Callable[[str], Path], kind: str, auto: type, tokens: int) -> None:
    shape, found = counted(tiny(kind), auto, tokens)
    assert shape.operations == pytest.approx(found, rel=0.1)


def test_adam_holds_sixteen_bytes_a_weight() -> None:
    layer = torch.nn.Linear(64, 64, bias=False)
    optimizer = torch.optim.AdamW(layer.parameters())
    layer(torch.ones(1, 64)).sum().backward()
    optimizer.step()
    held = [layer.weight, layer.weight.grad, *(t for t in optimizer.state[layer.weight].values() if t.ndim)]
    assert sum(t.nbytes for t in held) == scale.STATE * layer.weight.numel()


def test_a_part_takes_less_than_the_whole_but_as_much_for_its_passes() -> None:
    whole, part = scale.EIGHT.memory(1), scale.EIGHT.memory(8)
    assert whole - part == pytest.approx(scale.STATE * scale.EIGHT.parameters * 7 / 8)
    assert scale.EIGHT.memory(10**9) == pytest.approx(scale.BUDGET * (scale.EIGHT.activations + scale.EIGHT.logits), rel=1e-3)
