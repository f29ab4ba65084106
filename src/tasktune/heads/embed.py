"""`Embed`: a vector for each text, pooled from its tokens; two texts' cosine.

A text too long for the model is read in windows, whose vectors are averaged. All texts of a lesson are one feature, one behind
the other, so that the texts of a step can be told apart however it is cut into passes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, Final, final
from zlib import crc32

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize
from transformers import PreTrainedModel

from tasktune.answers import Answer
from tasktune.core import Lost, Record
from tasktune.framings import Side
from tasktune.heads.base import Head, Raw, Scored
from tasktune.heads.contrast import SHARPNESS, Step, loss
from tasktune.heads.features import Batch, Features, on, padded
from tasktune.heads.label import windows_of
from tasktune.heads.pooling import Pooling, pooled

_SHAPE: Final = ("lengths", "texts", "keys")
"""What a feature's inputs have beside what the network reads."""


@final
@dataclass(frozen=True, slots=True)
class Embedder(Head):
    """Vectors of texts. A feature's `inputs` are its windows one behind the other, their `lengths`, which of its `texts` each
    is of, and the texts' `keys`; its target is the lesson's number.
    """

    pooling: Pooling = field(default_factory=Pooling)

    @property
    def closed(self) -> bool:
        """Vectors and cosines are no choices, and have no confidence to calibrate."""
        return False

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """The texts that the record's answer takes."""
        return self._features(record, self.framing.texts(record), (), lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """A feature a lesson."""
        lessons = self.framing.lessons(record)
        return [f for texts, number in lessons for f in self._features(record, texts, (number,), lost)]

    def _features(
        self, record: Record, texts: Sequence[tuple[Side, str]], targets: tuple[float, ...], lost: Lost
    ) -> list[Features]:
        windows: list[tuple[int, dict[str, list[int]]]] = []
        for k, (side, text) in enumerate(texts):
            read = windows_of(self, record, (self.pooling.prompted(side, text),), lost)
            if not read:
                return []  # without one of its texts there is no lesson
            windows += [(k, f.inputs if f.length else self._nothing()) for f in read]
        joined = {name: [token for _, inputs in windows for token in inputs[name]] for name in windows[0][1]}
        shape = {
            "lengths": [len(inputs["input_ids"]) for _, inputs in windows],
            "texts": [k for k, _ in windows],
            "keys": [_key(text) for _, text in texts],
        }
        return [Features(joined | shape, targets=targets)]

    def _nothing(self) -> dict[str, list[int]]:
        """What is read of an empty text where the tokenizer puts nothing around it."""
        return {"input_ids": [int(self.tokenizer.eos_token_id or self.tokenizer.pad_token_id)]}

    def collate(self, features: Sequence[Features]) -> Batch:
        """The windows as rows (R, T), with the text that each is of; of N texts their lessons and keys; `targets` (B, 1)."""
        fill = {"input_ids": self.tokenizer.pad_token_id}
        names = [name for name in features[0].inputs if name not in _SHAPE]
        batch = {name: padded([row for f in features for row in _rows(f, name)], fill.get(name, 0)) for name in names}
        batch["attention_mask"] = padded([[1] * length for f in features for length in f.inputs["lengths"]], 0)
        before = accumulate((1 + f.inputs["texts"][-1] for f in features), initial=0)
        batch["text_of_row"] = torch.tensor(
            [start + k for f, start in zip(features, before, strict=False) for k in f.inputs["texts"]]
        )
        return batch | self.structure(features)

    def structure(self, features: Sequence[Features]) -> Batch:
        """What the loss needs to know of the texts of features beside their vectors."""
        texts = [(k, key) for k, f in enumerate(features) for key in f.inputs["keys"]]
        found = {"lesson_of_text": torch.tensor([k for k, _ in texts]), "keys": torch.tensor([key for _, key in texts])}
        if features[0].targets:
            found |= {"targets": torch.tensor([f.targets for f in features]), "mask": torch.ones(len(features), 1)}
        return found

    def embed(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """Vectors (N, D) of the texts of a batch, as they are pooled."""
        asked = {name: batch[name] for name in ("input_ids", "token_type_ids", "attention_mask") if name in batch}
        network: Any = net
        rows = pooled(network(**asked).last_hidden_state, batch["attention_mask"], self.pooling.mode).float()
        texts = batch["text_of_row"]
        sums = rows.new_zeros(len(batch["keys"]), rows.size(1)).index_add(0, texts, rows)
        return sums / torch.bincount(texts, minlength=len(sums)).unsqueeze(1)

    def joint(self, vectors: Tensor, batch: Batch) -> Tensor:
        """The loss of a whole step, summed over its lessons, given the vectors (N, D) of all its texts.

        Where the recipe names `dimensions`, it is the mean of those of vectors cut to half, to a quarter … of their length
        (Kusupati et al. 2022).
        """
        step = Step.of(batch)
        sizes = self._sizes(vectors.size(1))
        return torch.stack([loss(normalize(vectors[:, :size], dim=1), step) for size in sizes]).mean()

    def _sizes(self, whole: int) -> list[int]:
        least = min(self.recipe.dimensions or whole, whole)
        halves = [whole >> k for k in range(whole.bit_length()) if whole >> k > least]
        return [*halves, least]

    def loss(self, net: PreTrainedModel, batch: Batch, weights: Tensor | None) -> Tensor:
        """That of a batch which is a whole step."""
        return self.joint(self.embed(net, batch), batch)

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """What a lesson says alone, (B, 1): log of its own text's share beside its own negatives; of a number, minus half the
        squared distance of the cosine.
        """
        vectors = normalize(self.embed(net, batch), dim=1)
        found = []
        for k, number in enumerate(batch["targets"][:, 0]):
            first, *others = vectors[batch["lesson_of_text"] == k]
            cosines = torch.stack(others) @ first
            found.append((SHARPNESS * cosines).log_softmax(0)[0] if number.isnan() else -0.5 * (cosines[0] - number) ** 2)
        return torch.stack(found).unsqueeze(1)

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """Vectors (texts of the feature, D) of each feature, in float32."""
        batch = on(net, self.collate(features))
        vectors = self.embed(net, batch)[:, : self.recipe.dimensions]
        if self.pooling.normalize:
            vectors = normalize(vectors, dim=1)
        counts = [1 + f.inputs["texts"][-1] for f in features]
        return [part.cpu().numpy() for part in torch.split(vectors, counts)]

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The vector of one text, the cosine of two that are compared, else a vector for each text."""
        (vectors,) = raws
        if len(vectors) == 2 and not isinstance(record.answer, str):
            return Scored(cosine(*vectors), None)
        said = tuple(map(tuple, vectors.tolist()))
        return Scored(said if isinstance(record.answer, str) else said[0], None)

    def ceiling(self, record: Record) -> Answer:
        """Vectors can be anything."""
        answer: Answer = record.answer
        return answer


def _rows(features: Features, name: str) -> list[list[int]]:
    """The windows of a feature."""
    ends = accumulate(features.inputs["lengths"], initial=0)
    return [features.inputs[name][start:end] for start, end in pairwise(ends)]


def _key(text: str) -> int:
    """A number that is the same for the same text, in every process and whatever prompt is put before it."""
    return crc32(text.encode("utf-8", "surrogatepass"))


def cosine(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    """The cosine of two vectors; 0 where one has no length."""
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return math.fsum(map(float, one * other)) / lengths if lengths else 0.0
