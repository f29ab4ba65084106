"""`Text` out of a closed set: log p of each label's name after the prompt is compared, so that every answer has a probability.

A tuned model is taken at its word: it has learnt to say a name and to end there, so that the names' probabilities add up to
nearly 1, and what is left of their differences in length and frequency is what it has learnt. A model that was not tuned prefers
short and frequent names whatever it is asked. So what it thinks of a name is compared with what it thinks of it after the
prompt's last line alone, behind the same shots (Holtzman et al. 2021, PMI_DC; Zhao et al. 2021, contextual calibration), which
leaves a long name at no disadvantage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from torch import Tensor
from transformers import PreTrainedModel

from tasktune.answers import Answer
from tasktune.core import Lost, Record
from tasktune.framings import Labels
from tasktune.heads.base import Head, Raw, Scored, Units, choose, in_closed_set, places
from tasktune.heads.conventions import Tokens
from tasktune.heads.features import Batch, Features, log_p_of, on
from tasktune.heads.prompts import foreseen, lessons, name_ids, prompt_ids
from tasktune.heads.shots import Shots, behind, cue
from tasktune.heads.writers import Causal, Writer

_CAUSAL = Causal()


@final
@dataclass(frozen=True, slots=True)
class Choices(Head):
    """One of the label names, by log p of each after the prompt, normalised over them. Learns as `FreeText` does.

    `shots` has a model that was not tuned. `words` are what it is told instead of the names, where these would tell it nothing.
    """

    writer: Writer = _CAUSAL
    shots: Shots | None = None
    words: Labels = ()

    @property
    def kept_files(self) -> Mapping[str, bytes]:
        """Those of the processor of a model that sees."""
        return self.writer.files

    @property
    def insertable(self) -> Sequence[int]:
        """The token that stands where pictures are."""
        return self.writer.placeholders

    @property
    def in_place(self) -> bool:
        """A token is foretold by the one before it."""
        return True

    def cost(self, features: Features) -> int:
        """The prompt, and every name after it."""
        return features.length + sum(map(len, self._names()))

    def _names(self) -> list[Tokens]:
        return name_ids(self.tokenizer, self.framing.separator, self.words or self.labels)

    def foreseen(self, records: Iterable[Record]) -> Iterable[Record]:
        """By a writer that sees, with the pictures of some made ready together."""
        return foreseen(self, self.writer, records)

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """The prompt; of a model that was not tuned also what asks for the answer, alone."""
        prompts = prompt_ids(self, self.writer, record, lost)
        if self.shots is None or not prompts:
            return prompts
        return behind(self.shots, self, self.writer, record, [*prompts, cue(self, self.writer, record)], lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """Prompt and label name; only the name is supervised."""
        return behind(self.shots, self, self.writer, record, lessons(self, self.writer, record, lost), lost)

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log softmax over the vocabulary at each token of the name, (B, S)."""
        return log_p_of(self.writer.logits(net, batch), batch["targets"])

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """log-probabilities (1, K) of the label names after each prompt, normalised over the K names."""
        prompts = {tuple(each.inputs["input_ids"]): each for each in features}  # many ask for the answer in the same words
        batch = on(net, self.writer.collate_prompts([*prompts.values()], self.tokenizer.pad_token_id))
        log_p = self.writer.compare(net, batch, self._names()).log_softmax(-1).unsqueeze(1).cpu().numpy()
        found = dict(zip(prompts, log_p, strict=True))
        return [found[tuple(each.inputs["input_ids"])] for each in features]

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The most probable name."""
        return choose(self, record, _told(raws))

    def units(self, record: Record, raws: Sequence[Raw]) -> Units:
        """The one choice among K names."""
        return Units(_told(raws), places(self.labels, [record.answer]))

    def ceiling(self, record: Record) -> Answer:
        """The label, if training data showed it."""
        return in_closed_set(self, record)


def _told(raws: Sequence[Raw]) -> np.ndarray[Any, Any]:
    """log-probabilities (1, K) after the prompt, less those after what asks for the answer alone, where it was asked too."""
    told: np.ndarray[Any, Any] = raws[0]
    for alone in raws[1:]:
        told = told - alone
        told = told - np.logaddexp.reduce(told, axis=-1, keepdims=True)
    return told
