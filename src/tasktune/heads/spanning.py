"""The best tree over arc scores: maximum spanning arborescences with one root.

Scores are (n + 1, n + 1): `scores[d, h]` is that of word d depending on word h, 0 standing for the root. Heads come back as (n,).
"""

from __future__ import annotations

from typing import Any, final

import numpy as np

Scores = np.ndarray[Any, Any]


def best_tree(scores: Scores) -> list[int]:
    """The heads of the best tree (Chu & Liu 1965, Edmonds 1967).

    That it has one root is had by a price on arcs from the root that no other arcs outweigh: every tree with one root pays it
    once, and every other more often.
    """
    return [int(head) for head in _arborescence(_priced(scores))[1:]]


def best_projective_tree(scores: Scores) -> list[int]:
    """The heads of the best tree of which no two arcs cross (Eisner 1996)."""
    return _Eisner(_priced(scores)).heads()


def _priced(scores: Scores) -> Scores:
    """Scores in float64 without arcs to the root or to oneself, and with a price on arcs from the root."""
    priced = np.clip(scores.astype(np.float64), -1e6, 1e6)
    price = (np.ptp(priced) + 1) * len(priced)
    priced[1:, 0] -= price
    priced[0, :] = -np.inf
    np.fill_diagonal(priced, -np.inf)
    return priced


def _arborescence(scores: Scores) -> Scores:
    """The best heads (n + 1,), of which the first means nothing: the best head of each, and circles contracted to one node."""
    heads: Scores = scores.argmax(1)
    heads[0] = 0
    circle = _circle(heads)
    if not len(circle):
        return heads
    rest = np.setdiff1d(np.arange(len(heads)), circle)
    entering = scores[np.ix_(circle, rest)] - scores[circle, heads[circle]][:, None]
    leaving = scores[np.ix_(rest, circle)]
    smaller = np.full((len(rest) + 1, len(rest) + 1), -np.inf)
    smaller[:-1, :-1] = scores[np.ix_(rest, rest)]
    smaller[-1, :-1] = entering.max(0)
    smaller[:-1, -1] = leaving.max(1)
    found = _arborescence(smaller)
    nodes = [*rest, -1]
    for k, node in enumerate(rest[1:], 1):
        heads[node] = circle[leaving[k].argmax()] if found[k] == len(rest) else nodes[found[k]]
    broken = circle[entering[:, found[-1]].argmax()]
    heads[broken] = rest[found[-1]]
    return heads


def _circle(heads: Scores) -> Scores:
    """The nodes of a circle among heads, none where there is no circle."""
    seen = np.zeros(len(heads), dtype=np.int64)
    for start in range(1, len(heads)):
        node = start
        while node and not seen[node]:
            seen[node] = start
            node = heads[node]
        if node and seen[node] == start:
            circle = [node]
            while heads[circle[-1]] != node:
                circle.append(heads[circle[-1]])
            return np.array(circle)
    return np.array([], dtype=np.int64)


@final
class _Eisner:
    """Eisner's chart: the best half-trees between two words, open (an arc joins the ends) or closed, by their head's side."""

    def __init__(self, scores: Scores) -> None:
        n = len(scores)
        self.closed, self.open = np.zeros((2, n, n)), np.zeros((2, n, n))
        self.closed_at, self.open_at = np.zeros((2, n, n), dtype=np.int64), np.zeros((n, n), dtype=np.int64)
        for width in range(1, n):
            for i in range(n - width):
                self._fill(scores, i, i + width)

    def _fill(self, scores: Scores, i: int, j: int) -> None:
        """Index 0 is for a head on the right (j), 1 for one on the left (i)."""
        joined = self.closed[1, i, i:j] + self.closed[0, i + 1 : j + 1, j]
        self.open_at[i, j] = i + joined.argmax()
        self.open[0, i, j], self.open[1, i, j] = joined.max() + scores[i, j], joined.max() + scores[j, i]
        left = self.closed[0, i, i:j] + self.open[0, i:j, j]
        right = self.open[1, i, i + 1 : j + 1] + self.closed[1, i + 1 : j + 1, j]
        self.closed_at[0, i, j], self.closed[0, i, j] = i + left.argmax(), left.max()
        self.closed_at[1, i, j], self.closed[1, i, j] = i + 1 + right.argmax(), right.max()

    def heads(self) -> list[int]:
        """The heads of the best tree."""
        n = len(self.open_at)
        heads = [0] * n
        parts = [(0, n - 1, 1, False)]
        while parts:
            i, j, side, is_open = parts.pop()
            if i == j:
                continue
            if is_open:
                heads[(i, j)[side]] = (j, i)[side]
                k = self.open_at[i, j]
                parts += [(i, k, 1, False), (k + 1, j, 0, False)]
            else:
                k = self.closed_at[side, i, j]
                parts += [(i, k, 0, False), (k, j, 0, True)] if side == 0 else [(i, k, 1, True), (k, j, 1, False)]
        return heads[1:]
