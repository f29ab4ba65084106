"""A linker's layers on an encoder: a tag for each word, and biaffine scores of links between words (Dozat & Manning 2018).

Whether two words are linked is told apart from how: the first is scored for every pair, and in memory quadratic in the words, the
second for the pairs asked about. As with the parser, what is saved is the encoder's own checkpoint with these weights beside.

Shapes: B texts, T tokens, W words, N = W + 1 places (nowhere, then the words), R labels of links, P tags.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor, nn
from transformers import PretrainedConfig, PreTrainedModel

from tasktune.framings import relations_and_tags
from tasktune.heads.biaffine import DROPOUT, Bilinear, adopt_encoder, perceptron, with_one

_LINK, _LABEL = 400, 100
"""Sizes of the vectors between which links and their labels are scored: the parser's."""

_RARE = 4.6
"""Log odds against a link before anything is learnt: one pair in a hundred, as with the rare class of Lin et al. (2017)."""


@dataclass(frozen=True, slots=True)
class Linking:
    """What the network says: `tags` (B, W, P), and `links` (B, N, N), the log odds of a link from each place to each.

    `sources` and `targets` (B, N, r) are what labels are told from.
    """

    tags: Tensor
    links: Tensor
    sources: Tensor
    targets: Tensor


@final
class BiaffineLinker(PreTrainedModel):  # type: ignore[no-untyped-call]
    """An encoder, and the layers that score tags of words and links between them."""

    _supports_sdpa = True
    _supports_flash_attn = True
    _supports_attention_backend = True

    def __init__(self, config: PretrainedConfig) -> None:
        super().__init__(config)
        adopt_encoder(self, config)
        labels, kinds = relations_and_tags(tuple(str(name) for name in (config.id2label or {}).values()))
        self.source_link, self.target_link = perceptron(config, _LINK), perceptron(config, _LINK)
        self.source_label, self.target_label = perceptron(config, _LABEL), perceptron(config, _LABEL)
        self.link = nn.Linear(_LINK + 1, _LINK + 1, bias=False)
        self.label = Bilinear(_LABEL, max(1, len(labels)))
        self.tag = nn.Linear(config.hidden_size, 1 + 2 * len(kinds))
        self.dropout = nn.Dropout(DROPOUT)
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(self, input_ids: Tensor, attention_mask: Tensor, positions: Tensor) -> Linking:
        """Read words at `positions` (B, W) of the tokens (B, T); the first token stands for nowhere."""
        body: Any = self.base_model
        hidden = self.dropout(body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state)
        words = hidden.gather(1, positions.unsqueeze(-1).expand(-1, -1, hidden.size(-1)))
        places = torch.cat([hidden[:, :1], words], 1)
        return Linking(
            self.tag(words),
            self.link(with_one(self.source_link(places))) @ with_one(self.target_link(places)).mT - _RARE,
            self.source_label(places),
            self.target_label(places),
        )

    def labels(self, said: Linking, texts: Tensor, sources: Tensor, targets: Tensor) -> Tensor:
        """The scores of labels for links between places of texts, all given by number, (L,) each: (L, R)."""
        scores: Tensor = self.label(said.sources[texts, sources], said.targets[texts, targets])
        return scores
