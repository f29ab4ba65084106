"""Vectors beside each other: brought to length 1, checked, and searched for the nearest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tasktune.core import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tasktune.stores.base import Facts, Floats

PLACES = 6
"""Decimals of a cosine: beyond them float32 depends on the order of summation, and equal vectors would not tie."""
_BLOCK = 16_384  # rows that are compared with all queries at once


def fitting(vectors: Floats | None, count: int, facts: Facts | None, begun: Facts | None, where: str) -> Floats:
    """The vectors of `count` passages, of length 1 each; none where the store has none.

    Raises `InputError` where they are not what the store was begun with; `begun` is what whoever writes began it with, since
    when others may have renewed it.
    """
    if facts is None:
        raise InputError(f"{where} was not begun: say first of what model its vectors are (Store.begin)")
    if begun is not None:
        facts.agree(begun, where)
    if vectors is None:
        if facts.dimension and count:
            raise InputError(f"{where} has vectors of {facts.model}: what is added needs vectors, too")
        return np.empty((0, 0), np.float32)
    if vectors.shape != (count, facts.dimension):
        raise InputError(f"{where} takes {count} × {facts.dimension} numbers for {count} passages, but got {vectors.shape}")
    return unit(vectors, where)


def unit(vectors: Floats, where: str) -> Floats:
    """Rows (n, dimension) brought to length 1; those of length 0 stay. Raises `InputError` where one is not finite."""
    if not np.isfinite(vectors).all():
        raise InputError(f"{where}: a vector has a number that is not finite (nan or infinite)")
    exact = np.asarray(vectors, dtype=np.float64)  # the squares of float32 may overflow
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    return np.ascontiguousarray(exact / np.where(lengths == 0, 1, lengths), dtype=np.float32)


def nearest(
    matrix: Floats, queries: Floats, k: int, allowed: NDArray[np.bool_] | None
) -> Iterator[tuple[NDArray[np.int64], Floats]]:
    """For each query the rows of the k highest products and whatever ties with the last of them, in any order; and the products.

    `allowed` says of each row whether it may be found. All arrays are float32: (rows, dimension) and (queries, dimension).
    """
    best: list[tuple[NDArray[np.int64], Floats]] = [(np.empty(0, np.int64), np.empty(0, np.float32)) for _ in queries]
    for start in range(0, len(matrix), _BLOCK):
        block = matrix[start : start + _BLOCK]
        rows = np.arange(len(block)) if allowed is None else np.flatnonzero(allowed[start : start + _BLOCK])
        products = queries @ (block if len(rows) == len(block) else block[rows]).T
        for q, product in enumerate(products):
            best[q] = _merged(best[q], start + rows, product, k)
    yield from best


def _merged(
    best: tuple[NDArray[np.int64], Floats], rows: NDArray[np.int64], products: Floats, k: int
) -> tuple[NDArray[np.int64], Floats]:
    kept = np.flatnonzero(products >= _least(products, k))
    places = np.concatenate([best[0], rows[kept]])
    scores = np.concatenate([best[1], np.round(products[kept], PLACES)])
    kept = np.flatnonzero(scores >= _least(scores, k))
    return places[kept], scores[kept]


def _least(scores: Floats, k: int) -> float:
    """A little less than the k-th score, so that what ties with it once rounded is kept."""
    return float(np.partition(scores, -k)[-k]) - 2 * 10.0**-PLACES if len(scores) > k else -np.inf
