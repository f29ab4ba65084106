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
    return _Edmonds(_priced(scores)).heads()


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


@final
class _Edmonds:
    """The best head of each node, and as long as there are circles among them, a circle contracted to its first node.

    All in one matrix of scores: the rows and columns of a circle's other nodes are struck out. `arcs` says for which arc between
    two words, `dependent * words + head`, one between two nodes stands, and `home` of which node each word is a part.
    """

    def __init__(self, scores: Scores) -> None:
        self.scores, self.words = scores, len(scores)
        self.arcs = np.arange(scores.size).reshape(scores.shape)
        self.home = np.arange(self.words)
        self.best: list[int] = [0, *scores.argmax(1)[1:].tolist()]
        self.circles: list[tuple[list[int], list[int], Scores]] = []  # their nodes, arcs, and the homes before

    def heads(self) -> list[int]:
        """The heads of the best tree: circles are unfolded, last first, each broken at the node by which it is entered."""
        while circle := _circle(self.best):
            self._contract(circle)
        arcs = [int(self.arcs[node, head]) for node, head in enumerate(self.best)]
        for circle, within, home in reversed(self.circles):
            entering = arcs[circle[0]]
            broken = home[entering // self.words]
            for node, arc in zip(circle, within, strict=True):
                arcs[node] = entering if node == broken else arc
        return [arc % self.words for arc in arcs[1:]]

    def _contract(self, circle: list[int]) -> None:
        nodes, all_nodes = np.array(circle), np.arange(self.words)
        inside = (nodes, [self.best[node] for node in circle])
        self.circles.append((circle, self.arcs[inside].tolist(), self.home.copy()))
        entering, leaving = self.scores[nodes] - self.scores[inside][:, None], self.scores[:, nodes]
        entered, left = self.arcs[nodes[entering.argmax(0)], all_nodes], self.arcs[all_nodes, nodes[leaving.argmax(1)]]
        first, others = circle[0], circle[1:]
        self.scores[first], self.arcs[first] = entering.max(0), entered
        self.scores[:, first], self.arcs[:, first] = leaving.max(1), left
        self.scores[others], self.scores[:, others], self.scores[first, first] = -np.inf, -np.inf, -np.inf
        self.home[np.isin(self.home, nodes)] = first
        gone = set(circle)
        self.best = [0 if node in gone else first if head in gone else head for node, head in enumerate(self.best)]
        self.best[first] = int(self.scores[first].argmax())


def _circle(heads: list[int]) -> list[int]:
    """The nodes of a circle among heads, none where there is no circle."""
    seen = [0] * len(heads)
    for start in range(1, len(heads)):
        node = start
        while node and not seen[node]:
            seen[node] = start
            node = heads[node]
        if node and seen[node] == start:
            circle = [node]
            while heads[circle[-1]] != node:
                circle.append(heads[circle[-1]])
            return circle
    return []


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
