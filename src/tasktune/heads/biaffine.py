"""A parser's layers on an encoder: deep biaffine attention between words (Dozat & Manning 2017), and a tag for each word.

transformers has no class for it. What is saved is the encoder's own checkpoint with the parser's weights beside: `AutoModel`
opens it and leaves those out.

Shapes: B sentences, T tokens, W words, D hidden size, R relations, P tags (parts of speech).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor, nn
from transformers import AutoModel, PretrainedConfig, PreTrainedModel

from tasktune.framings import relations_and_tags

_ARC, _RELATION = 400, 100
"""Sizes of the vectors between which arcs and relations are scored (Dozat & Manning 2017, table 1: 500 and 100)."""

DROPOUT = 0.33


@dataclass(frozen=True, slots=True)
class Parse:
    """What the network says of words: `arcs` (B, W, W + 1) are scores of heads, the root first; `tags` (B, W, P).

    `dependents` (B, W, r) and `governors` (B, W + 1, r) are what relations are told from.
    """

    arcs: Tensor
    tags: Tensor
    dependents: Tensor
    governors: Tensor


@final
class BiaffineParser(PreTrainedModel):  # type: ignore[no-untyped-call]
    """An encoder, and the layers that score heads, relations and tags of words."""

    _supports_sdpa = True
    _supports_flash_attn = True
    _supports_attention_backend = True

    def __init__(self, config: PretrainedConfig) -> None:
        super().__init__(config)
        adopt_encoder(self, config)
        relations, tags = relations_and_tags(tuple(str(name) for name in (config.id2label or {}).values()))
        self.dependent_arc, self.governor_arc = perceptron(config, _ARC), perceptron(config, _ARC)
        self.dependent_relation, self.governor_relation = perceptron(config, _RELATION), perceptron(config, _RELATION)
        self.arc = nn.Linear(_ARC + 1, _ARC, bias=False)
        self.relation = Bilinear(_RELATION, len(relations))
        self.tag = nn.Linear(config.hidden_size, len(tags))
        self.dropout = nn.Dropout(DROPOUT)
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(self, input_ids: Tensor, attention_mask: Tensor, positions: Tensor, heads: Tensor | None = None) -> Any:
        """Read words at `positions` (B, W) of the tokens (B, T); the first token stands for the root.

        Returns a `Parse`, and given `heads` (B, W) with it the scores of the relations to them, (B, W, R).
        """
        body: Any = self.base_model
        hidden = self.dropout(body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state)
        words = hidden.gather(1, positions.unsqueeze(-1).expand(-1, -1, hidden.size(-1)))
        nodes = torch.cat([hidden[:, :1], words], 1)
        parse = Parse(
            self.arc(with_one(self.dependent_arc(words))) @ self.governor_arc(nodes).mT,
            self.tag(words),
            self.dependent_relation(words),
            self.governor_relation(nodes),
        )
        return parse if heads is None else (parse, self.relations(parse, heads))

    def relations(self, parse: Parse, heads: Tensor) -> Tensor:
        """The scores of each word's relations to its head, out of `heads` (B, W): (B, W, R)."""
        chosen = parse.governors.gather(1, heads.unsqueeze(-1).expand(-1, -1, _RELATION))
        scores: Tensor = self.relation(parse.dependents, chosen)
        return scores


def adopt_encoder(net: PreTrainedModel, config: PretrainedConfig) -> None:
    """Give a network the encoder of a configuration, whose weights keep the names that they have alone."""
    auto: Any = AutoModel  # ships no types
    body = auto.from_config(config)
    net.base_model_prefix = body.base_model_prefix
    setattr(net, net.base_model_prefix, body)


def perceptron(config: PretrainedConfig, size: int) -> nn.Sequential:
    """From the encoder's hidden states to vectors of one role, of `size`."""
    return nn.Sequential(nn.Linear(config.hidden_size, size), nn.LeakyReLU(0.1), nn.Dropout(DROPOUT))


def with_one(vectors: Tensor) -> Tensor:
    """Vectors with a one behind each, for a bias."""
    return torch.cat([vectors, torch.ones_like(vectors[..., :1])], -1)


@final
class Bilinear(nn.Module):
    """A score for each of `out` classes of two vectors, products and each one alone: (…, size), (…, size) to (…, out)."""

    def __init__(self, size: int, out: int) -> None:
        super().__init__()
        self.out = out
        self.product = nn.Linear(size + 1, (size + 1) * out, bias=False)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """A matrix a class between the two vectors."""
        matrices = self.product(with_one(left)).unflatten(-1, (self.out, -1))
        scores: Tensor = (matrices @ with_one(right).unsqueeze(-1)).squeeze(-1)
        return scores
