"""A linker's layers on an encoder: a tag for each word, and biaffine scores of links between spans (Dozat & Manning 2017).

A span is told by its first and its last word and its kind. As with the parser, what is saved is the encoder's own checkpoint with
these weights beside.

Shapes: B texts, T tokens, W words, N = W + 1 places (nowhere, then the words), D hidden size, P tags, R labels, L pairs of spans.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor, nn
from transformers import PretrainedConfig, PreTrainedModel

from tasktune.framings import relations_and_tags
from tasktune.heads.biaffine import DROPOUT, Bilinear, adopt_encoder, perceptron

_SIZE = 100
"""Size of the vectors between which links are scored: that of the parser's relations."""


@dataclass(frozen=True, slots=True)
class Linking:
    """What the network says: `tags` (B, W, P), and what links are told from, `places` (B, N, D)."""

    tags: Tensor
    places: Tensor


@final
class BiaffineLinker(PreTrainedModel):  # type: ignore[no-untyped-call]
    """An encoder, and the layers that score tags of words and links between spans."""

    _supports_sdpa = True
    _supports_flash_attn = True
    _supports_attention_backend = True

    def __init__(self, config: PretrainedConfig) -> None:
        super().__init__(config)
        adopt_encoder(self, config)
        labels, kinds = relations_and_tags(tuple(str(name) for name in (config.id2label or {}).values()))
        self.tag = nn.Linear(config.hidden_size, 1 + 2 * len(kinds))
        self.kind = nn.Embedding(1 + len(kinds), config.hidden_size)
        self.source, self.target = perceptron(config, _SIZE), perceptron(config, _SIZE)
        self.link = Bilinear(_SIZE, 1 + len(labels))
        self.dropout = nn.Dropout(DROPOUT)
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(self, input_ids: Tensor, attention_mask: Tensor, positions: Tensor) -> Linking:
        """Read words at `positions` (B, W) of the tokens (B, T); the first token stands for nowhere."""
        body: Any = self.base_model
        hidden = self.dropout(body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state)
        words = hidden.gather(1, positions.unsqueeze(-1).expand(-1, -1, hidden.size(-1)))
        return Linking(self.tag(words), torch.cat([hidden[:, :1], words], 1))

    def links(self, said: Linking, texts: Tensor, sources: Tensor, targets: Tensor) -> Tensor:
        """The scores of no link, and of each label, between spans of `texts` (L,): (L, 1 + R).

        A span, (L, 3), is the places of its first and its last word and the number of its kind, all 0 for nowhere.
        """
        scores: Tensor = self.link(self.source(self._spans(said, texts, sources)), self.target(self._spans(said, texts, targets)))
        return scores

    def _spans(self, said: Linking, texts: Tensor, spans: Tensor) -> Tensor:
        """Vectors of spans, (L, D). Kinds are scaled as Vaswani et al. (2017) scale embeddings, or they would weigh nothing."""
        first, last, kind = spans.unbind(1)
        kinds: Tensor = self.kind(kind) * math.sqrt(said.places.size(-1))
        return (said.places[texts, first] + said.places[texts, last]) / 2 + kinds
