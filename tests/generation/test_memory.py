"""Rows of keys and values that come, grow, change places and go hold what they held."""

from __future__ import annotations

from random import Random

import torch
from transformers import DynamicCache

from tasktune.generation.memory import Memory


def test_rows_are_what_they_would_be_in_lists() -> None:
    memory, rows, chance, next_value = Memory(), [], Random(5), iter(range(1, 10**6))
    for _ in range(120):
        if not rows or chance.random() < 0.15:
            coming = [[float(next(next_value)) for _ in range(chance.choice((1, 3, 40)))] for _ in range(chance.randrange(1, 4))]
            memory.add(read(coming), list(map(len, coming)))
            rows += coming
        kept = [row for row in range(len(rows)) if chance.random() < 0.95] + [0] * (chance.random() < 0.1)
        chance.shuffle(kept)
        memory.select(kept)
        rows = [[*rows[row]] for row in kept]
        if rows:
            new = [float(next(next_value)) for _ in rows]
            memory.make_room()
            mask = memory.mask(torch.device("cpu")).bool()
            for layer in range(2):
                states = torch.tensor(new).view(-1, 1, 1, 1).expand(-1, 3, 1, 4)
                keys, values = memory.cache.update(states, -states, layer)
                assert torch.equal(keys, -values)
                assert [keys[k, 1, mask[k], 2].tolist() for k in range(len(rows))] == [
                    [*r, n] for r, n in zip(rows, new, strict=True)
                ]
            memory.grown()
            rows = [[*row, value] for row, value in zip(rows, new, strict=True)]


def read(rows: list[list[float]]) -> list[object]:
    """Two layers of three heads, padded on the left, as a network leaves them."""
    cache, width = DynamicCache(), max(map(len, rows))
    filled = torch.tensor([[0.0] * (width - len(row)) + row for row in rows])[:, None, :, None].expand(-1, 3, -1, 4)
    for layer in range(2):
        cache.update(filled, -filled, layer)
    return cache.layers
