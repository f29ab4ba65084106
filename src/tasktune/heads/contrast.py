"""What vectors are to be like, as losses over all texts of a step at once: numbers by their order, texts by what goes with them.

CoSENT (Su 2022, https://kexue.fm/archives/8847) asks that of any two pairs the more alike has the higher cosine; it does better
on STS than the squared error of the cosine. InfoNCE (van den Oord et al. 2018), with all other texts of the step for negatives
(Henderson et al. 2017), asks that a text's own be the nearest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from tasktune.heads.features import Batch

SHARPNESS = 20.0
"""What cosines are multiplied by in both losses: a temperature of 0.05 (SimCSE, Gao, Yao & Chen 2021; CoSENT)."""


@final
@dataclass(frozen=True, slots=True)
class Step:
    """The texts of a step: N texts of B lessons, each lesson's behind one another.

    `first` (B,) is where each lesson's texts begin, `keys` (N,) are alike for texts that are alike, `numbers` (B,) say how alike
    the first two texts of a lesson are, nan where the second goes with the first.
    """

    first: Tensor
    keys: Tensor
    numbers: Tensor

    @classmethod
    def of(cls, batch: Batch) -> Step:
        """The texts of a batch as `Embedder.collate` has them."""
        lesson = batch["lesson_of_text"]
        first = torch.searchsorted(lesson, torch.arange(len(batch["targets"]), device=lesson.device))
        return cls(first, batch["keys"], batch["targets"][:, 0])


def loss(vectors: Tensor, step: Step) -> Tensor:
    """The sum over lessons of their loss, given the vectors (N, D) of the texts, of length 1."""
    numbered = ~step.numbers.isnan()
    total = vectors.new_zeros(())
    if numbered.any():
        first = step.first[numbered]
        total = total + len(first) * cosent((vectors[first] * vectors[first + 1]).sum(-1), step.numbers[numbered])
    if not numbered.all():
        total = total + info_nce(vectors, step, step.first[~numbered])
    return total


def cosent(cosines: Tensor, numbers: Tensor) -> Tensor:
    """log(1 + Σ exp(20 (cosine of i - cosine of j))) over all i, j of which i has the lower number."""
    lower = numbers.unsqueeze(1) < numbers.unsqueeze(0)
    slips = SHARPNESS * (cosines.unsqueeze(1) - cosines.unsqueeze(0))[lower]
    return torch.cat([slips.new_zeros(1), slips]).logsumexp(0)


def info_nce(vectors: Tensor, step: Step, first: Tensor) -> Tensor:
    """-Σ log of the share that its own text has of the others for each of the texts at `first`.

    The others are what goes with other texts of the step, and all negatives; not the text itself or its own once more, nor what
    goes with the same text elsewhere.
    """
    is_candidate = torch.ones(len(vectors), dtype=torch.bool, device=vectors.device)
    is_candidate[step.first] = False
    with_number = step.first[~step.numbers.isnan()]
    is_candidate[with_number + 1] = False
    candidates = is_candidate.nonzero().squeeze(1)
    own = torch.searchsorted(candidates, first + 1)
    keys, anchors, positives = step.keys[candidates], step.keys[first], step.keys[first + 1]
    same_anchor, is_positive = (one.unsqueeze(1) == other for one, other in ((anchors, anchors), (positives, keys)))
    goes_too = same_anchor.float() @ is_positive.float() > 0  # a product, since a table of B x B x C would be too large
    excluded = goes_too | (keys.unsqueeze(0) == anchors.unsqueeze(1))
    excluded[torch.arange(len(first), device=first.device), own] = False
    logits = (SHARPNESS * vectors[first] @ vectors[candidates].T).masked_fill(excluded, -torch.inf)
    return cross_entropy(logits, own, reduction="sum")
