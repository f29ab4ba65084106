"""`Text` that is open: generated, and read back by the framing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from torch import Tensor
from transformers import PreTrainedModel

from tasktune.core import Answer, Lost, Record
from tasktune.heads.base import (
    Batch,
    Features,
    Head,
    Raw,
    Scored,
    log_p_of,
    on,
)
from tasktune.heads.prompts import answer_ids, end_id, lessons, longest_answer, prompt_ids
from tasktune.heads.writers import Causal, Tokens, Writer

_CAUSAL = Causal()


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
        batch = on(net, self.writer.collate_prompts(features, self.tokenizer.pad_token_id))
        generate: Any = net.generate
        generated = self.writer.written(generate(**batch, **self._decoding()), batch["input_ids"].size(1))
        said = [self._until_end(row) for row in generated.tolist()]
        return list(zip([self._text(ids) for ids in said], self._mean_log_p(net, features, said), strict=True))

    def _decoding(self) -> dict[str, Any]:
        decoding = self.recipe.decoding
        sample = decoding.sampling > 0
        return {
            "max_new_tokens": longest_answer(self, self.writer),
            "num_beams": decoding.beams,
            "do_sample": sample,
            "top_p": decoding.top_p if sample else 1.0,
            "top_k": decoding.top_k if sample else 50,
            "temperature": decoding.sampling if sample else 1.0,
            "pad_token_id": self.tokenizer.pad_token_id,
            "eos_token_id": end_id(self.tokenizer),
        }

    def _until_end(self, ids: Tokens) -> Tokens:
        end = end_id(self.tokenizer)
        return ids[: ids.index(end) + 1] if end in ids else ids

    def _text(self, ids: Tokens) -> str:
        text = self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return str(text).removeprefix(self.framing.separator)

    def _mean_log_p(self, net: PreTrainedModel, prompts: Sequence[Features], said: Sequence[Tokens]) -> list[float]:
        unbounded = self.max_length + longest_answer(self, self.writer)
        pairs = zip([f.inputs["input_ids"] for f in prompts], said, strict=True)
        told = [self.writer.lessons([(given, False), (ids, True)], unbounded)[0] for given, ids in pairs]
        batch = on(net, self.collate(told))
        return [float(x) for x in self.log_p(net, batch) / batch["mask"].sum(1)]

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The text read back. `score` is the geometric mean of its tokens' probabilities."""
        text, mean_log_p = raws[0]
        return Scored(self.framing.read(record, text, self.labels), float(np.exp(mean_log_p)))

    def ceiling(self, record: Record) -> Answer:
        """The answer read back from its own tokens, as many as may be written."""
        ids = answer_ids(self, self.framing.write(record))[: longest_answer(self, self.writer)]
        answer: Answer = self.framing.read(record, self._text(ids), self.labels)
        return answer
