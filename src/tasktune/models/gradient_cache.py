"""The gradient of a loss that is over all texts of a step at once, however many passes the step is cut into.

As GradCache has it (Gao et al. 2021): all vectors are made without keeping what led to them; the loss of the whole gives the
gradient of each vector; then each pass is made again, with the same dropout, and sends its vectors' gradient on to the weights.
It is the gradient of one pass, up to rounding, for a forward pass more.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import torch
from torch import Tensor
from transformers import PreTrainedModel

from tasktune.heads.embed import Embedder
from tasktune.heads.features import Features, on
from tasktune.models import chance, processes
from tasktune.models.network import autocast

Pass = tuple[list[Features], float]
"""Features, and how much they count: 1, or 0 where they only keep other processes company."""


def backward(net: PreTrainedModel, head: Embedder, passes: Sequence[Pass]) -> float:
    """Add the gradient of the mean loss of a step to the weights. Gives this process's share of the loss.

    Of several processes each has its own passes, and all vectors are known to all.
    """
    begun = chance.state(net.device)
    with torch.no_grad():
        mine = [_vectors(net, head, features) for features, _ in passes]
    counted = [k for k, (_, counts) in enumerate(passes) if counts]
    parts = processes.gathered([(passes[k][0], mine[k].cpu()) for k in counted])
    whole = torch.cat([vectors for part in parts for _, vectors in part]).to(net.device).requires_grad_()
    lessons = [f for part in parts for features, _ in part for f in features]
    loss = head.joint(whole, on(net, head.structure(lessons))) / len(lessons)
    (slopes,) = torch.autograd.grad(loss, whole)
    before = sum(len(vectors) for part in parts[: processes.rank()] for _, vectors in part)
    ends = accumulate((len(mine[k]) for k in counted), initial=before)
    own = {k: slopes[end : end + len(mine[k])] for k, end in zip(counted, ends, strict=False)}
    chance.restore(net.device, *begun)
    for k, (features, _) in enumerate(passes):
        again = _vectors(net, head, features)
        torch.autograd.backward(again, own.get(k, torch.zeros_like(again)))
    return float(loss.detach()) / processes.count()


def _vectors(net: PreTrainedModel, head: Embedder, features: Sequence[Features]) -> Tensor:
    with autocast(head.recipe):
        return head.embed(net, on(net, head.collate(features)))
