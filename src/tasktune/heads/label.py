"""`Label` on an encoder: one label by softmax, several by a yes or no each, or a number; all on the pooled text.

A text too long for the model is read in windows, whose log-probabilities (or numbers) are averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from tasktune.answers import Answer
from tasktune.core import Lost, Record
from tasktune.heads.base import Choice, Head, Raw, Scored, Units, by_policy, choose, in_closed_set, places, softmax
from tasktune.heads.features import Batch, Features, log_p_of, on, run
from tasktune.heads.texts import shortened

_TWO_SIDED_95: Final = 1.959964


def windows(head: Head, record: Record, lost: Lost) -> list[Features]:
    """The texts of a record as features: one, or by the policy on long input several, a shortened one, or none."""
    return windows_of(head, record, head.framing.texts(record), lost)


def windows_of(head: Head, record: Record, texts: tuple[str, ...], lost: Lost) -> list[Features]:
    """The same of one text, or two, of a record."""
    whole = head.tokenizer(*texts)
    length = len(whole["input_ids"])
    if length <= head.max_length:
        return [Features(_inputs(whole))]
    return by_policy(head, record, length, head.max_length, _pieces(head.tokenizer, texts, head.max_length), lost)


def _inputs(encoded: Any) -> dict[str, list[int]]:
    return {name: list(encoded[name]) for name in ("input_ids", "token_type_ids") if name in encoded}


def _pieces(tokenizer: PreTrainedTokenizerBase, texts: tuple[str, ...], max_length: int) -> list[Features]:
    """Windows over the longer text, a quarter of each seen twice; beside it a shorter one has at most half the room."""
    room = max_length - tokenizer.num_special_tokens_to_add(pair=len(texts) == 2)
    lengths = [len(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts]
    longer = lengths.index(max(lengths))
    cut = [text if k == longer else shortened(tokenizer, text, room // 2) for k, text in enumerate(texts)]
    beside = sum(min(length, room // 2) for k, length in enumerate(lengths) if k != longer)
    pieces = tokenizer(
        *cut,
        truncation=("only_first", "only_second")[longer],
        max_length=max_length,
        stride=(room - beside) // 4,
        return_overflowing_tokens=True,
    )
    return [Features(_inputs({name: each[k] for name, each in pieces.items()})) for k in range(len(pieces["input_ids"]))]


@final
@dataclass(frozen=True, slots=True)
class OneLabel(Head):
    """One label of a closed set: softmax over K classes."""

    @property
    def classes(self) -> int:
        """The labels."""
        return len(self.labels)

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """The record's text or texts, in windows where it must be."""
        return windows(self, record, lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """Every window bears the record's label."""
        target = self.labels.index(self.framing.write(record))
        return [Features(f.inputs, (0,), (target,)) for f in self.encode(record, lost)]

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log softmax at the label, (B, 1)."""
        return log_p_of(run(net, batch).logits.unsqueeze(1), batch["targets"])

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """log-probabilities (1, K) of each feature."""
        logits = run(net, on(net, self.collate(features))).logits
        return list(logits.float().log_softmax(-1).unsqueeze(1).cpu().numpy())

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The most probable label."""
        return choose(self, record, np.mean(raws, axis=0))

    def units(self, record: Record, raws: Sequence[Raw]) -> Units:
        """The one choice among K labels."""
        return Units(np.mean(raws, axis=0), places(self.labels, [record.answer]))

    def ceiling(self, record: Record) -> Answer:
        """The label, if training data showed it."""
        return in_closed_set(self, record)


@final
@dataclass(frozen=True, slots=True)
class ManyLabels(Head):
    """Any number of labels: a yes or no for each of L labels. A "unit" is one label, its classes are no and yes."""

    @property
    def classes(self) -> int:
        """No and yes."""
        return 2

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """The record's text, in windows where it must be."""
        return windows(self, record, lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """Every window bears the record's labels; S = L."""
        targets = tuple(int(label in self.framing.write(record)) for label in self.labels)
        return [Features(f.inputs, tuple(range(len(targets))), targets) for f in self.encode(record, lost)]

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log p of each label's yes or no, (B, L)."""
        signs = 2.0 * batch["targets"] - 1.0
        return logsigmoid(run(net, batch).logits.float() * signs)

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """log-probabilities (L, 2) of no and yes for each feature."""
        logits = run(net, on(net, self.collate(features))).logits.float()
        return list(torch.stack([logsigmoid(-logits), logsigmoid(logits)], -1).cpu().numpy())

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The labels whose log odds reach their thresholds; the score is the probability of the whole set."""
        log_p = np.mean(raws, axis=0)
        probabilities = softmax(log_p, self.calibration.temperature)[:, 1]
        chosen = _odds(log_p) >= [self.calibration.threshold(k) for k in range(len(self.labels))]
        score = float(np.where(chosen, probabilities, 1 - probabilities).prod())
        names = tuple(label for label, yes in zip(self.labels, chosen, strict=True) if yes)
        return Scored(self.framing.read(record, names, self.labels), score, tuple(map(float, probabilities[chosen])))

    def units(self, record: Record, raws: Sequence[Raw]) -> Units:
        """A choice between no (0) and yes (1) for each label."""
        return Units(np.mean(raws, axis=0), np.array([int(label in record.answer) for label in self.labels], dtype=np.int64))

    def choices(self, record: Record, raws: Sequence[Raw]) -> tuple[Choice, ...]:
        """Each label, alone."""
        odds = _odds(np.mean(raws, axis=0))
        return tuple(
            Choice(float(of), (label,), (), replace(record, answer=(label,) if label in record.answer else ()))
            for of, label in zip(odds, self.labels, strict=True)
        )

    def ceiling(self, record: Record) -> Answer:
        """Those of the labels that training data showed."""
        return tuple(label for label in record.answer if label in self.labels)


def _odds(log_p: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Log odds of yes (L,) out of log-probabilities of no and yes (L, 2)."""
    odds: np.ndarray[Any, Any] = log_p[:, 1] - log_p[:, 0]
    return odds


@final
@dataclass(frozen=True, slots=True)
class Number(Head):
    """A number, standardised by the training answers: log p is that of a unit normal distribution, up to a constant."""

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """The record's text or texts, in windows where it must be."""
        return windows(self, record, lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """Every window bears the record's number, in standard deviations from the mean."""
        target = (self.framing.write(record) - self.calibration.center) / self.calibration.scale
        return [Features(f.inputs, (0,), (target,)) for f in self.encode(record, lost)]

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """Minus half the squared error, (B, 1)."""
        said: Tensor = run(net, batch).logits.float()
        return -0.5 * (said - batch["targets"]) ** 2

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """The standardised number (1,) of each feature."""
        return list(run(net, on(net, self.collate(features))).logits.float().cpu().numpy())

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The number, and the interval that held 95 % of the residuals on the dev split if they are normal."""
        value = float(np.mean(raws)) * self.calibration.scale + self.calibration.center
        sigma = self.calibration.sigma
        interval = None if sigma is None else (value - _TWO_SIDED_95 * sigma, value + _TWO_SIDED_95 * sigma)
        return Scored(self.framing.read(record, value, self.labels), None, interval=interval)

    def ceiling(self, record: Record) -> Answer:
        """Any number can be said."""
        answer: float = record.answer
        return answer
