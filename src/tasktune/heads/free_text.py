"""`Text` that is open: generated, and read back by the framing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from tasktune.heads.writers import Causal, Writer

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

    @property
    def paces_itself(self) -> bool:
        """As texts end, others take their places."""
        return True

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """For each prompt [(text, mean log p of its tokens), …], best first."""
        asked = [self._searches(f) for f in features]
        for _ in self._writing(net, [search for searches in asked for search in searches]):
            pass
        return [self._told(searches) for searches in asked]

    def pieces(self, net: PreTrainedModel, features: Features) -> Iterator[str]:
        """The text after one prompt, piece by piece as it is written; what beams find comes in one piece, at the end."""
        (search,), told = self._searches(features)[:1], ""
        for _ in self._writing(net, [search]):
            text = self._text(search.best) if not search.found and isinstance(search, Line) else ""
            settled = text[: len(text) - self._unsettled(text)]
            if settled.startswith(told) and settled != told:
                yield settled[len(told) :]
                told = settled
        if rest := self._told([search])[0][0].removeprefix(told):
            yield rest

    def _unsettled(self, text: str) -> int:
        """Characters at the end that what comes may change: half a character, the beginning of a text to stop before."""
        halves = len(text) - len(text.rstrip("\N{REPLACEMENT CHARACTER}"))
        stops = (n for stop in self.recipe.decoding.stop for n in range(1, len(stop)) if text.endswith(stop[:n]))
        return max(halves, *stops, 0)

    def _writing(self, net: PreTrainedModel, searches: Sequence[Search]) -> Iterator[None]:
        return write(self.writer.lanes(net), searches, self.recipe.token_budget)

    def _searches(self, features: Features) -> list[Search]:
        """One for the best texts, or one for each that is drawn: by the prompt alone, so that it is the same in any company."""
        prompt, decoding = features.inputs["input_ids"], self.recipe.decoding
        context, manner = self.writer.context(prompt), self._manner()
        if decoding.sampling:
            chances = [Random(f"{self.recipe.seed} {k} {prompt}") for k in range(decoding.n_best)]
            return [Line(prompt, context, manner, chance=chance) for chance in chances]
        return [Beams(prompt, context, manner) if decoding.beams > 1 else Line(prompt, context, manner)]

    def _manner(self) -> Manner:
        return Manner(self.recipe.decoding, longest_answer(self, self.writer), end_id(self.tokenizer), self._text)

    def _told(self, searches: Sequence[Search]) -> list[tuple[str, float]]:
        found = [(self._text(w.tokens), w.log_p / len(w.tokens)) for search in searches for w in search.found]
        texts = [
            (min((text.split(stop)[0] for stop in self.recipe.decoding.stop), key=len, default=text), p) for text, p in found
        ]
        return texts if len(searches) == 1 else sorted(texts, key=lambda told: -told[1])

    def _text(self, ids: Sequence[int]) -> str:
        text = self.tokenizer.decode([*ids], skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return str(text).removeprefix(self.framing.separator)

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The text read back. `score` is the geometric mean of its tokens' probabilities."""
        (best, score), *others = ((self.framing.read(record, text, self.labels), float(np.exp(p))) for text, p in raws[0])
        return Scored(best, score, others=tuple(others))

    def ceiling(self, record: Record) -> Answer:
        """The answer read back from its own tokens, as many as may be written."""
        ids = answer_ids(self, self.framing.write(record))[: longest_answer(self, self.writer)]
        answer: Answer = self.framing.read(record, self._text(ids), self.labels)
        return answer
