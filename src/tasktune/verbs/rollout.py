"""Where a network that sees attended when it began its answer: attention rollout (Abnar & Zuidema 2020).

Attention of the heads is averaged, half of each layer is taken to pass by it (the residual), and layers are multiplied. What the
place before the answer then has of each place of a picture is laid over the picture, where these are a square.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import isqrt
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tasktune.core import InputError, Lost, Record
from tasktune.heads.features import asked, on
from tasktune.models.model import Model

_INSTEAD = "; explain by occlusion, which works for any model"


def attended(model: Model, record: Record) -> tuple[NDArray[np.float64], ...]:
    """A map a picture: the share of what is read at the answer's beginning that comes from each of its places.

    Raises `InputError` where a network gives no attention, or where a picture's places are no square.
    """
    (features, *_) = model.head.supervise(record, Lost())
    batch = on(model.net, model.head.collate([features]))
    with _showing_attention(model.net), torch.inference_mode():
        layers = model.net(**asked(batch), output_attentions=True).attentions
    if not layers or any(layer is None for layer in layers):
        raise InputError(f"a {model.net.config.model_type} network does not tell its attention{_INSTEAD}")
    read = _rolled([layer[0].float().mean(0) for layer in layers])[features.positions[0]]
    count = len(record.images)  # type: ignore[attr-defined]
    places = read[batch["input_ids"][0] < 0].cpu().numpy().astype(float)
    side = isqrt(len(places) // count)
    if side * side * count != len(places):
        raise InputError(f"{count} pictures take {len(places)} places of this network, which make no square each{_INSTEAD}")
    return tuple(each.reshape(side, side) for each in np.split(places, count))


def _rolled(layers: list[Tensor]) -> Tensor:
    """What each place has of each other, (T, T), through layers of attention (T, T)."""
    through = torch.eye(layers[0].size(0), device=layers[0].device)
    for layer in layers:
        mixed = (layer + torch.eye(layer.size(0), device=layer.device)) / 2
        through = mixed / mixed.sum(-1, keepdim=True) @ through
    return through


@contextmanager
def _showing_attention(net: Any) -> Iterator[None]:
    """Only the plain way of computing attention tells it."""
    before = net.config._attn_implementation
    try:
        net.set_attn_implementation("eager")
        yield
    except (NotImplementedError, AttributeError, TypeError, ValueError) as error:
        raise InputError(f"this network does not tell its attention ({error}){_INSTEAD}") from None
    finally:
        net.set_attn_implementation(before)
