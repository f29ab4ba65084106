"""Vision encoders made here, of the pictures at hand: a small ViT that has learnt to paint what was masked, or to name pictures.

That is no match for an encoder that has seen millions of pictures, and says so; for drawings, signs or plots of one kind it is a
beginning. The sizes are those of BERT's miniatures, as for models of text (`untrained`). A picture is 8 by 8 patches, whatever
its side. Masking is SimMIM's (Xie et al. 2022): half of the patches, painted by one layer, absolute error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count as count_up
from random import Random
from statistics import fmean, median
from typing import Any, Final, final

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, pad
from transformers import (
    PreTrainedModel,
    ViTConfig,
    ViTForMaskedImageModeling,
    ViTImageProcessorPil,
    ViTModel,
    get_linear_schedule_with_warmup,
)

from tasktune.images import Image, opened
from tasktune.models.batching import chunks
from tasktune.models.untrained import SIZES

_GRID: Final = 8
"""Patches in a row."""
_MASKED: Final = 0.5
_RATE: Final = 1e-3
_BATCH: Final = 32
_AT_HAND: Final = 1 << 30
"""Bytes of pixels that are kept; pictures beyond are opened again in each epoch."""


Progress = Callable[[Sequence[int]], Iterable[int]]
"""Gives numbers as they are, and may tell somebody how many have gone by."""


@final
@dataclass(frozen=True, slots=True)
class Named:
    """A picture, and its name where pictures have names that several share."""

    image: Image
    name: str | None


@final
@dataclass(frozen=True, slots=True)
class Learnt:
    """An encoder, what makes its pixels, what it learnt, and how well it does that in the end (its loss)."""

    net: PreTrainedModel
    processor: Any
    what: str
    loss: float


def learnt_encoder(pictures: Sequence[Named], size: str, epochs: float, seed: int, progress: Progress) -> Learnt:
    """An encoder that has seen each picture `epochs` times. It learns names where pictures share them, else to paint."""
    side = _side([picture.image for picture in pictures])
    pixels = _pixels(side)

    @lru_cache(_AT_HAND // (4 * 3 * side * side))
    def one(k: int) -> Tensor:
        made: Tensor = pixels(opened(pictures[k].image), return_tensors="pt")["pixel_values"]
        return made

    def seen(some: Sequence[int]) -> Tensor:
        return _moved(torch.cat([one(k) for k in some]), side // _GRID // 2)

    names = [picture.name for picture in pictures if picture.name is not None]
    named = len(names) == len(pictures) and 1 < len(set(names)) <= len(names) / 2
    torch.manual_seed(seed)
    config = _config(size, side)
    if named:
        naming = _Naming(config, names)
        loss = _taught(naming, len(pictures), epochs, seed, progress, lambda some: naming(seen(some), some))
        return Learnt(naming.vit, pixels, f"to tell {len(set(names))} names of pictures apart", loss)
    net: Any = ViTForMaskedImageModeling(config)
    _placed(net.vit)
    loss = _taught(
        net, len(pictures), epochs, seed, progress, lambda some: net(seen(some), bool_masked_pos=_masks(len(some))).loss
    )
    return Learnt(net.vit, pixels, "to paint the masked half of each picture", loss)


@final
class _Naming(torch.nn.Module):
    """An encoder, and a layer that says of each word whether it is in a picture's name."""

    def __init__(self, config: ViTConfig, names: Sequence[str]) -> None:
        super().__init__()
        words = sorted({word for name in names for word in name.split()})
        self.vit: Any = ViTModel(config, add_pooling_layer=False)
        _placed(self.vit)
        self.said = torch.nn.Linear(config.hidden_size, len(words))
        self.named = torch.tensor([[word in name.split() for word in words] for name in names], dtype=torch.float32)

    def forward(self, pixels: Tensor, some: Sequence[int]) -> Tensor:
        """The mean loss of the names of `some` pictures, of pixels (pictures, 3, side, side); each is a sum over words."""
        patches: Tensor = self.vit(pixels).last_hidden_state[:, 1:]
        said, named = self.said(patches.mean(1)), self.named[list(some)]
        return binary_cross_entropy_with_logits(said, named, reduction="sum") / len(named)


def _placed(vit: Any) -> None:
    """Let the places of patches begin as sines and cosines of their row and column, about as large as what patches show."""
    places = vit.embeddings.position_embeddings  # (1, 1 + patches, hidden)
    each = places.shape[-1] // 4
    speeds = 1e-4 ** (torch.arange(each) / each)
    rows, columns = torch.meshgrid(torch.arange(_GRID), torch.arange(_GRID), indexing="ij")
    angles = [way.flatten()[:, None] * speeds for way in (columns, rows)]
    with torch.no_grad():
        places[0, 1:] = 0.3 * torch.cat([wave(angle) for angle in angles for wave in (torch.sin, torch.cos)], dim=1)


def _moved(pixels: Tensor, most: int) -> Tensor:
    """Each picture (pictures, 3, side, side) moved by up to `most` pixels either way, its edge repeated where it has left.

    So no line of it always falls into the same place of the same patch, and few pictures teach as many would.
    """
    side = pixels.shape[-1]
    wider = pad(pixels, (most,) * 4, mode="replicate")
    corners = torch.randint(2 * most + 1, (len(pixels), 2)).tolist()
    return torch.stack([picture[:, y : y + side, x : x + side] for picture, (y, x) in zip(wider, corners, strict=True)])


def _side(images: Sequence[Image]) -> int:
    """The side of most pictures, as a multiple of 32, at most 224."""
    longest = median(max(opened(image).size) for image in images[:200])
    return int(min(224, max(32, 32 * round(longest / 32))))


def _pixels(side: int) -> Any:
    kind: Any = ViTImageProcessorPil  # ships no types
    return kind(size={"height": side, "width": side})


def _config(size: str, side: int) -> ViTConfig:
    layers, hidden = SIZES[size]
    return ViTConfig(
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 64,
        intermediate_size=4 * hidden,
        image_size=side,
        patch_size=side // _GRID,
        encoder_stride=side // _GRID,
    )


def _masks(count: int) -> Tensor:
    """Which patches are masked, (count, patches)."""
    return torch.rand(count, _GRID * _GRID) < _MASKED


def _taught(
    net: torch.nn.Module,
    count: int,
    epochs: float,
    seed: int,
    progress: Progress,
    loss_of: Callable[[list[int]], Tensor],
) -> float:
    """Train a network on pictures 0 … count - 1, and give the mean loss of its last epoch's steps."""
    per_epoch = -(-count // _BATCH)
    total = max(1, round(epochs * per_epoch))
    optimizer = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=0.05, fused=True)
    linear: Any = get_linear_schedule_with_warmup
    schedule, chance, losses = linear(optimizer, total // 10, total), Random(seed), list[float]()
    batches = (some for _ in count_up() for some in chunks(chance.sample(range(count), count), _BATCH))
    net.train()
    for _, some in zip(progress(range(total)), batches, strict=False):
        loss = loss_of(some)
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    net.eval()
    return fmean(losses[-per_epoch:])
