"""What a network remembers of the sequences that it is writing: keys and values, row by row.

All rows end at the same column, as in a batch padded on the left, so that a network sees what it would see in such a batch, and a
step writes one column. Columns before a row's first token are masked. A row that has ended gives its place to another, and only
rows that change their place are copied; transformers' `DynamicCache` copies everything with every token.

Shapes: R rows, H heads of keys, W columns of the longest row, D numbers a head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, final

import torch
from torch import Tensor
from transformers.cache_utils import Cache, CacheLayerMixin

_AHEAD = 64
"""Columns that are made room for at once."""


@dataclass(slots=True)
class Place:
    """Where the rows lie in the buffers of all layers: `lengths` is how many tokens each row has, up to column `end`."""

    lengths: list[int] = field(default_factory=list)
    end: int = 0

    @property
    def start(self) -> int:
        """The first column of the longest row."""
        return self.end - max(self.lengths, default=0)


_Layer: Any = CacheLayerMixin  # partly typed, so that it is taken as untyped


@final
class RowLayer(_Layer):  # type: ignore[misc]
    """The keys and values of one layer."""

    is_sliding = False
    keys: Tensor
    values: Tensor

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        """Buffers without rows and columns yet."""
        self.keys, self.values = (
            states.new_zeros((0, states.size(1), 0, states.size(3))) for states in (key_states, value_states)
        )
        self.is_initialized = True

    def update(self, key_states: Tensor, value_states: Tensor) -> tuple[Tensor, Tensor]:
        """Put one more column (R, H, 1, D) behind the rows; all columns (R, H, W + 1, D)."""
        rows, start, end = len(self.place.lengths), self.place.start, self.place.end
        self.keys[:rows, :, end : end + 1] = key_states
        self.values[:rows, :, end : end + 1] = value_states
        return self.keys[:rows, :, start : end + 1], self.values[:rows, :, start : end + 1]

    def get_seq_length(self) -> int:
        """W."""
        return self.place.end - self.place.start

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """The columns with those to come, and where they begin."""
        return self.get_seq_length() + query_length, 0

    def get_max_length(self) -> int:
        """No limit."""
        return -1


@final
class Memory:
    """The keys and values of all layers, as the `cache` that a network takes."""

    def __init__(self) -> None:
        self.place = Place()
        replicated: Any = partial(RowLayer, self.place)
        self.cache: Any = Cache(layer_class_to_replicate=replicated)

    def mask(self, device: torch.device) -> Tensor:
        """Which columns are whose, with the one to come, (R, W + 1)."""
        lengths = torch.tensor(self.place.lengths, device=device)
        columns = torch.arange(self.place.end - self.place.start + 1, device=device)
        return (columns >= columns[-1] - lengths[:, None]).long()

    def grown(self) -> None:
        """Every row has one token more."""
        self.place.end += 1
        self.place.lengths = [length + 1 for length in self.place.lengths]

    def make_room(self) -> None:
        """See to it that there is a column to write to."""
        if self.cache.layers and self.place.end == self.cache.layers[0].keys.size(2):
            self._lay_out(len(self.place.lengths), self.place.end - self.place.start)

    def add(self, layers: Sequence[Any], lengths: Sequence[int]) -> None:
        """Rows that the network has just read, as the layers of a cache of theirs, padded on the left."""
        while len(self.cache.layers) < len(layers):
            self.cache.layers.append(RowLayer(self.place))
        rows, width = len(self.place.lengths), max(lengths)
        for mine, theirs in zip(self.cache.layers, layers, strict=True):
            if not mine.is_initialized:
                mine.lazy_initialization(theirs.keys, theirs.values)
        if rows + len(lengths) > self.cache.layers[0].keys.size(0) or width > self.place.end:
            self._lay_out(rows + len(lengths), max(width, self.place.end - self.place.start))
        end = self.place.end
        for mine, theirs in zip(self.cache.layers, layers, strict=True):
            mine.keys[rows : rows + len(lengths), :, end - width : end] = theirs.keys[:, :, -width:]
            mine.values[rows : rows + len(lengths), :, end - width : end] = theirs.values[:, :, -width:]
        self.place.lengths += lengths

    def _lay_out(self, rows: int, width: int) -> None:
        """New buffers for so many rows, which lie in the first `width` columns, with columns free behind them."""
        have, start, end = len(self.place.lengths), self.place.start, self.place.end
        for layer in self.cache.layers:
            for name, old in (("keys", layer.keys), ("values", layer.values)):
                new = old.new_zeros((max(rows, old.size(0)), old.size(1), width + _AHEAD, old.size(3)))
                new[:have, :, width - (end - start) : width] = old[:have, :, start:end]
                setattr(layer, name, new)
        self.place.end = width

    def select(self, rows: Sequence[int]) -> None:
        """Keep these rows, in this order; a row may be kept more than once. Only those are copied that change their place."""
        start, end = self.place.start, self.place.end
        if self.cache.layers and len(rows) > self.cache.layers[0].keys.size(0):
            self._lay_out(len(rows), end - start)
            start, end = self.place.start, self.place.end
        moved = [(to, row) for to, row in enumerate(rows) if to != row]
        if moved:
            to, of = (torch.tensor(places) for places in zip(*moved, strict=True))
            for layer in self.cache.layers:
                for buffer in (layer.keys, layer.values):
                    buffer[to, :, start:end] = buffer[of, :, start:end]
        self.place.lengths = [self.place.lengths[row] for row in rows]
