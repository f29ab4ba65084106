"""`Select` on an encoder: for each part of a text, in the context of the others, whether it is taken.

The parts stand one after the other as they do in the text, and each is judged at its first sub-word, where BertSumExt (Liu &
Lapata 2019) has a token of its own. A text too long for the model is read in windows that overlap; each part is judged in the
window in which it stands farthest from a cut edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, final

import numpy as np
from torch import Tensor
from transformers import PreTrainedModel

from tasktune.answers import Answer
from tasktune.core import Lost, Record
from tasktune.heads.base import UNSAYABLE, Head, Raw, Scored, Units, geometric_mean, softmax
from tasktune.heads.features import Batch, Features, at, log_p_of, run
from tasktune.heads.tags import log_p_of_units, merged
from tasktune.heads.words import windows_over

KINDS: Final = ("left", "taken")
"""The classes of a part."""


@final
@dataclass(frozen=True, slots=True)
class BestParts(Head):
    """Left or taken, by softmax for each part. A "unit" is a part."""

    @property
    def classes(self) -> int:
        """Left and taken."""
        return len(KINDS)

    @property
    def in_place(self) -> bool:
        """A part is judged at its start."""
        return True

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """Windows over the record's parts; `positions` are their first sub-words, `start` counts the parts before."""
        return windows_over(self, record, self.framing.parts(record), lost, "sentences")

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """The windows with a 1 for each part that is taken, and a 0 for the others."""
        if unsaid := self.unsayable(record):
            lost.add(UNSAYABLE, record.id, unsaid)
        taken = self.framing.write(record)
        return [
            replace(f, targets=tuple(map(int, taken[f.start : f.start + len(f.positions)]))) for f in self.encode(record, lost)
        ]

    def unsayable(self, record: Record) -> int:
        """Parts of the answer that are no parts of the text."""
        return int(self.framing.lost(record))

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log softmax at what becomes of each part, (B, S)."""
        return log_p_of(at(run(net, batch).logits, batch["positions"]), batch["targets"])

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """(first part of the window, log-probabilities (parts, 2)) of each feature."""
        return log_p_of_units(self, net, features)

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The parts that are chosen by how probably each is taken.

        `score` is the geometric mean of the probabilities of what becomes of each part.
        """
        parts = len(self.framing.parts(record))
        if not parts:
            return Scored(self.framing.read(record, (), self.labels), 1.0)
        log_p, read = merged(parts, raws, self.classes, KINDS.index("left"))
        probabilities = softmax(log_p, self.calibration.temperature)
        count = self.recipe.sentences or round(self.calibration.parts)
        taken = np.array(self.framing.choose(record, log_p[:, 1].tolist(), count), dtype=bool) & read
        decided = probabilities[np.arange(parts), taken.astype(int)][read]
        score = geometric_mean(decided)
        return Scored(self.framing.read(record, taken, self.labels), score, tuple(map(float, probabilities[taken, 1])))

    def units(self, record: Record, raws: Sequence[Raw]) -> Units:
        """A choice between left and taken for each part that was read."""
        taken = np.array(self.framing.write(record), dtype=np.int64)
        log_p, read = merged(len(taken), raws, self.classes, KINDS.index("left"))
        return Units(log_p[read], taken[read])

    def ceiling(self, record: Record) -> Answer:
        """The parts that are to be taken, however many, without those that a truncating policy cuts."""
        kept = {k for f in self.encode(record, Lost()) for k in range(f.start, f.start + len(f.positions))}
        answer: Answer = self.framing.read(record, [yes and k in kept for k, yes in enumerate(self.framing.write(record))], ())
        return answer
