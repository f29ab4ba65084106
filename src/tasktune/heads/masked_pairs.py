"""`MaskedPair` on an encoder: whether a text follows another, and words under masks in both (Devlin et al. 2019, section 3.1).

What is learnt of a pair are its masked words and its relation, which weighs as much as the words together: the loss is the sum of
both means, as BERT's is. Two texts too long for the model are shortened at their ends, the longer one first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, final

import torch
from torch import Tensor
from transformers import PretrainedConfig, PreTrainedModel
from transformers.models.auto import modeling_auto

from tasktune.answers import Answer
from tasktune.core import Counts, InputError, Lost, Record
from tasktune.heads.base import Head, Raw, Scored, Units, by_policy, choose, in_closed_set, places
from tasktune.heads.features import Batch, Features, log_p_of, on, run
from tasktune.heads.masked_words import said_at
from tasktune.heads.masking import mask_id, masked, ordinary, units_of, unmasked, without


@final
@dataclass(frozen=True, slots=True)
class MaskedPairs(Head):
    """Softmax over whether the second text follows, and over the vocabulary at each masked token. A "unit" is the relation."""

    @property
    def insertable(self) -> Sequence[int]:
        """Any token may be put in the place of another."""
        return [mask_id(self.tokenizer), *ordinary(self.tokenizer)]

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """Both texts, with what may be masked in them."""
        texts, words = self.framing.texts(record), self.framing.words(record)
        length = len(self.tokenizer(*texts)["input_ids"])
        read = self.tokenizer(*texts, truncation="longest_first", max_length=self.max_length, return_offsets_mapping=True)
        ids, special = list(read["input_ids"]), {*self.tokenizer.all_special_ids}
        units = []
        for part in (0, 1):
            inside = [k for k, text in enumerate(read.sequence_ids(0)) if text == part]
            first = inside[0] if inside else 0
            own = units_of([read["offset_mapping"][k] for k in inside], words[part])
            units += [(start + first, end + first) for start, end in own]
        inputs = {name: list(read[name]) for name in ("input_ids", "token_type_ids") if name in read}
        features = [Features(inputs, units=without(tuple(units), ids, special))]
        return (
            features
            if length <= self.max_length
            else by_policy(self, record, length, self.max_length, features, lost, "pairs shortened")
        )

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """The pair with masks by chance, always the same ones; its relation is the last target, read at the first token."""
        target = self.labels.index(self.framing.write(record))
        whole = [replace(f, positions=(0,), targets=(target,)) for f in self.encode(record, lost)]
        return [self.drawn(f, Random(f"{f.inputs['input_ids']}")) for f in whole]

    def drawn(self, features: Features, chance: Random) -> Features:
        """The pair with other words masked."""
        if not features.units:
            return features
        bare = unmasked(replace(features, positions=features.positions[:-1], targets=features.targets[:-1]))
        made = masked(bare, chance, mask_id(self.tokenizer), ordinary(self.tokenizer))
        return replace(made, positions=(*made.positions, 0), targets=(*made.targets, int(features.targets[-1])))

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log softmax at each masked token and, last of each pair, of its relation, (B, S)."""
        out = said_at(net, batch)
        return self._log_p(out, batch)

    def _log_p(self, out: Any, batch: Batch) -> Tensor:
        words = log_p_of(out.prediction_logits, batch["targets"])
        last = _last(batch)
        own = batch["targets"].gather(1, last.long().argmax(1, keepdim=True))
        return torch.where(last, log_p_of(out.seq_relationship_logits.unsqueeze(1), own), words)

    def told(self, net: PreTrainedModel, batch: Batch) -> list[Counts]:
        """Of each pair, `nats` of all, those of its masked `words`, how many those are and `right`; 1 if `related` rightly."""
        out, last = said_at(net, batch), _last(batch)
        mask = batch["mask"] * ~last
        log_p = self._log_p(out, batch) * batch["mask"]
        best = torch.where(last, out.seq_relationship_logits.argmax(-1, keepdim=True), out.prediction_logits.argmax(-1))
        right = best == batch["targets"]
        told = (-log_p.sum(1), -(log_p * mask).sum(1), mask.sum(1), (right * mask).sum(1), (right & last).sum(1))
        names = ("nats", "words", "masked", "right", "related")
        return [dict(zip(names, row, strict=True)) for row in zip(*(part.tolist() for part in told), strict=True)]

    def loss(self, net: PreTrainedModel, batch: Batch, weights: Tensor | None) -> Tensor:
        """Negative log p summed over the batch, a pair's relation counting as often as it has masked words."""
        log_p = self.token_log_p(net, batch) * batch["mask"]
        words = (batch["mask"].sum(1, keepdim=True) - 1).clamp(min=1)
        return -torch.where(_last(batch), log_p * words, log_p).sum()

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """log-probabilities (1, 2) of the relations of each pair."""
        logits = run(net, on(net, self.collate([replace(f, positions=(), targets=()) for f in features]))).seq_relationship_logits
        return list(logits.float().log_softmax(-1).unsqueeze(1).cpu().numpy())

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """Whether the second text follows the first."""
        return choose(self, record, raws[0])

    def units(self, record: Record, raws: Sequence[Raw]) -> Units:
        """The one choice."""
        return Units(raws[0], places(self.labels, [record.answer]))

    def ceiling(self, record: Record) -> Answer:
        """Either can be said."""
        return in_closed_set(self, record)


def _last(batch: Batch) -> Tensor:
    """Which target of each pair is its relation, (B, S)."""
    return batch["mask"].cumsum(1).eq(batch["mask"].sum(1, keepdim=True)) & (batch["mask"] > 0)


def refuse_pairs(config: PretrainedConfig) -> None:
    """Raise `InputError` where a kind of model has no layer that says whether texts follow each other."""
    able = modeling_auto.MODEL_FOR_NEXT_SENTENCE_PREDICTION_MAPPING_NAMES
    if config.model_type not in able:
        raise InputError(
            f"a {config.model_type} model has no layer for next sentences; such have: {', '.join(able)}. Any encoder learns "
            "words alone: tasktune fit mask"
        )
