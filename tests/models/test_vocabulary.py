"""Only the rows of the table of words that the data use are trained, whatever the network is made of."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import transformers as hf

from tasktune.models.vocabulary import OccurringRows, occurring_rows
from tiny_writers import bert2bert


def bert() -> Any:
    torch.manual_seed(0)
    size = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    return hf.BertModel(hf.BertConfig(vocab_size=30, **size))


@pytest.mark.parametrize("made", [bert, bert2bert])
def test_only_the_rows_that_occur_change_and_the_table_is_back_in_its_place(made: Any) -> None:
    net = made().train()
    table = net.get_input_embeddings()
    before = table.weight.detach().clone()
    with occurring_rows(net, [3, 5]):
        some = net.get_input_embeddings()
        assert isinstance(some, OccurringRows)
        some(torch.tensor([[3, 5, 3]])).sum().backward()
        torch.optim.SGD([some.rows], lr=1.0).step()
    assert net.get_input_embeddings() is table
    changed = (table.weight != before).any(1).nonzero().flatten().tolist()
    assert changed == [3, 5]


def test_an_encoder_decoder_of_two_parts_learns() -> None:
    net = bert2bert().train()
    tokens = torch.tensor([[3, 5]])
    with occurring_rows(net, [3, 5]):
        net(input_ids=tokens, decoder_input_ids=tokens).logits.sum().backward()
        assert net.get_input_embeddings().rows.grad is not None
