"""Maps over pictures: red where a figure is above 0, blue where it is below, the stronger the farther from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels

_SIDE = 448
"""Pixels of the long side of a drawn picture."""
_MOST = 0.75
_FOR, _AGAINST = (215, 25, 28), (44, 90, 200)
_BETWEEN = 8


def drawn(pictures: Sequence[Pixels], maps: Sequence[NDArray[np.float64]]) -> Pixels:
    """The pictures side by side, each with its map (rows, columns) over it. All have the same scale."""
    import PIL.Image

    strongest = max(float(np.abs(each).max()) for each in maps) or 1.0
    parts = [_over(picture, each / strongest) for picture, each in zip(pictures, maps, strict=True)]
    width = sum(part.width for part in parts) + _BETWEEN * (len(parts) - 1)
    sheet = PIL.Image.new("RGB", (width, max(part.height for part in parts)), "white")
    left = 0
    for part in parts:
        sheet.paste(part, (left, 0))
        left += part.width + _BETWEEN
    return sheet


def _over(picture: Pixels, figures: NDArray[np.float64]) -> Pixels:
    """A picture in grey, under figures from -1 to 1."""
    import PIL.Image

    share = _SIDE / max(picture.size)
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    grey = picture.resize(size).convert("L").convert("RGB")
    colours = np.where(figures[..., None] > 0, _FOR, _AGAINST).astype(np.uint8)
    paint = PIL.Image.fromarray(colours).resize(size, PIL.Image.Resampling.NEAREST)
    strength = PIL.Image.fromarray((np.abs(figures) * 255 * _MOST).round().astype(np.uint8))
    return PIL.Image.composite(paint, grey, strength.resize(size, PIL.Image.Resampling.NEAREST))
