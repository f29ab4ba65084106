"""`Text` that is open: generated, and read back by the framing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import final

import numpy as np
from torch import Tensor
from transformers import PreTrainedModel

from tasktune.core import Answer, Lost, Record
from tasktune.generation.choosing import Manner
from tasktune.generation.loop import write
from tasktune.generation.searches import Beams, Line, Search
from tasktune.heads.base import Batch, Features, Head, Raw, Scored, log_p_of
from tasktune.heads.prompts import answer_ids, end_id, lessons, longest_answer, prompt_ids
from tasktune.heads.writers import Causal, Tokens, Writer

_CAUSAL = Causal()

_REMEMBERED = 4
"""Tokens whose keys and values are kept in memory, for each token of the budget: they take less than the passes that make them."""


@final
@dataclass(frozen=True, slots=True)
class FreeText(Head):
    """Any text: generated greedily, by beams or from the nucleus, and read back by the framing."""

    writer: Writer = _CAUSAL

    @property
    def closed(self) -> bool:
        """Text is open: there is no set of answers to be confident over."""
        return False

    def cost(self, features: Features) -> int:
        """The prompt, and as much as may be written after it, by each beam."""
        return (features.length + longest_answer(self, self.writer)) * self.recipe.decoding.beams

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """The prompt."""
        return prompt_ids(self, self.writer, record, lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """Prompt and answer; only the answer is supervised."""
        return lessons(self, self.writer, record, lost)

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log softmax at each token of the answer, (B, S)."""
        return log_p_of(self.writer.logits(net, batch), batch["targets"])

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """(text, mean log p of its tokens) for each prompt."""
        searches = [self._search(f.inputs["input_ids"]) for f in features]
        for _ in write(self.writer.lanes(net), searches, _REMEMBERED * self.recipe.token_budget):
            pass
        return [(self._text(found.tokens), found.log_p / len(found.tokens)) for search in searches for found in search.found[:1]]

    def _search(self, prompt: Tokens) -> Search:
        context, manner = self.writer.context(prompt), self._manner()
        if manner.decoding.beams > 1:
            return Beams(prompt, context, manner)
        seeded = Random(f"{self.recipe.seed} {prompt}") if manner.decoding.sampling else None
        return Line(prompt, context, manner, seeded)

    def _manner(self) -> Manner:
        return Manner(self.recipe.decoding, longest_answer(self, self.writer), end_id(self.tokenizer), self._text)

    def _text(self, ids: Sequence[int]) -> str:
        text = self.tokenizer.decode([*ids], skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return str(text).removeprefix(self.framing.separator)

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The text read back. `score` is the geometric mean of its tokens' probabilities."""
        text, mean_log_p = raws[0]
        return Scored(self.framing.read(record, text, self.labels), float(np.exp(mean_log_p)))

    def ceiling(self, record: Record) -> Answer:
        """The answer read back from its own tokens, as many as may be written."""
        ids = answer_ids(self, self.framing.write(record))[: longest_answer(self, self.writer)]
        answer: Answer = self.framing.read(record, self._text(ids), self.labels)
        return answer
