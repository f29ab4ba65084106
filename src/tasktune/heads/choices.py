"""`Text` out of a closed set: log p of each label's name after the prompt is compared, so that every answer has a probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import Tensor
from transformers import PreTrainedModel

from tasktune.answers import Answer
from tasktune.core import Lost, Record
from tasktune.heads.base import Head, Raw, Scored, Units, choose, in_closed_set, places
from tasktune.heads.features import Batch, Features, log_p_of, on
from tasktune.heads.prompts import lessons, name_ids, prompt_ids
from tasktune.heads.writers import Causal, Writer

_CAUSAL = Causal()


@final
@dataclass(frozen=True, slots=True)
class Choices(Head):
    """One of the label names, by log p of each after the prompt, normalised over them. Learns as `FreeText` does."""

    writer: Writer = _CAUSAL

    @property
    def in_place(self) -> bool:
        """A token is foretold by the one before it."""
        return True

    def cost(self, features: Features) -> int:
        """The prompt, and every name after it."""
        return features.length + sum(map(len, name_ids(self.tokenizer, self.framing.separator, self.labels)))

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """The prompt."""
        return prompt_ids(self, self.writer, record, lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """Prompt and label name; only the name is supervised."""
        return lessons(self, self.writer, record, lost)

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log softmax over the vocabulary at each token of the name, (B, S)."""
        return log_p_of(self.writer.logits(net, batch), batch["targets"])

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """log-probabilities (1, K) of the label names after each prompt, normalised over the K names."""
        batch = on(net, self.writer.collate_prompts(features, self.tokenizer.pad_token_id))
        choices = name_ids(self.tokenizer, self.framing.separator, self.labels)
        return list(self.writer.compare(net, batch, choices).log_softmax(-1).unsqueeze(1).cpu().numpy())

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The most probable name."""
        return choose(self, record, raws[0])

    def units(self, record: Record, raws: Sequence[Raw]) -> Units:
        """The one choice among K names."""
        return Units(raws[0], places(self.labels, [record.answer]))

    def ceiling(self, record: Record) -> Answer:
        """The label, if training data showed it."""
        return in_closed_set(self, record)
