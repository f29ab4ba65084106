"""Ways to find passages, each a function of queries; and functions that make one way out of others.

    find = reranked(fused([by_words(store), by_vectors(store, embedder)], weights=(1, 1)), grader)
    [hits] = find(["how do wings stall?"], 10)

Any number of queries is asked at once, since models and stores are faster so. Lists are best first, and no longer than asked but
for the neighbours that come beside.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tasktune.core import InputError
from tasktune.passages import Hit, Passage
from tasktune.stores.base import MAIN, Store, Where

if TYPE_CHECKING:
    from tasktune.models.model import Model

Find = Callable[[Sequence[str], int], list[list[Hit]]]
"""`find(queries, k)`: at most `k` passages for each query, best first."""
Write = Callable[[Sequence[str]], list[str]]
"""What a writer answers to each prompt."""

RRF = 60
"""What is added to ranks that are fused (Cormack, Clarke & Büttcher 2009): the larger, the less the very first count."""
WIDER = 5
"""How many candidates are looked at for each passage wanted, by ways that choose among what another found …"""
LEAST_CANDIDATES = 50
"""… and how many at least."""
HYDE = "Write a short passage of an encyclopedia that answers the question.\nQuestion: {}\nPassage:"
REWORD = "Ask the same in 3 other ways, a line each.\nQuestion: {}"
_WORDINGS = 3
_BEHIND = 1e-3
"""How far behind the last grade those without one stand, as a part of what lies between the grades."""
_MARK = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+")
"""What an item of a list begins with."""


def by_words(store: Store, collection: str = MAIN, where: Where | None = None) -> Find:
    """BM25."""
    return lambda queries, k: [store.by_words(query, k, collection, where) for query in queries]


def by_vectors(store: Store, embedder: Model, collection: str = MAIN, where: Where | None = None) -> Find:
    """The cosine of a query's vector and the passage's."""

    def find(queries: Sequence[str], k: int) -> list[list[Hit]]:
        return store.by_vectors(embedder.embed(queries, "query"), k, collection, where)

    return find


def fused(ways: Sequence[Find], weights: Sequence[float]) -> Find:
    """Reciprocal rank fusion: a passage scores `weight / (60 + rank)` in each list it is in (Cormack et al. 2009)."""

    def find(queries: Sequence[str], k: int) -> list[list[Hit]]:
        lists = [way(queries, _candidates(k)) for way in ways]
        return [_fused(each, weights)[:k] for each in zip(*lists, strict=True)]

    return find


def _fused(lists: Iterable[Sequence[Hit]], weights: Sequence[float]) -> list[Hit]:
    scores: defaultdict[str, float] = defaultdict(float)
    passages: dict[str, Passage] = {}
    for hits, weight in zip(lists, weights, strict=True):
        for rank, hit in enumerate(hits, 1):
            scores[hit.passage.id] += weight / (RRF + rank)
            passages[hit.passage.id] = hit.passage
    return in_order(Hit(passages[name], score) for name, score in scores.items() if score > 0)


def reranked(way: Find, grader: Model, weight: float = 1.0) -> Find:
    """The candidates of another way in the order of the grades that a cross-encoder (a `reranking` model) gives them.

    With less `weight` than 1 the order in which they were found counts for the rest: the two are fused. `LEAST_CANDIDATES` are
    graded, and what was found beyond them stands behind: the first ten are the same however many are asked for.
    """
    refuse_no_grader(grader)

    def find(queries: Sequence[str], k: int) -> list[list[Hit]]:
        found = way(queries, max(k, LEAST_CANDIDATES))
        asked = [(query, hit) for query, hits in zip(queries, found, strict=True) for hit in hits[:LEAST_CANDIDATES]]
        grades = grader.stream({"query": query, "passage": titled(hit.passage)} for query, hit in asked)
        graded = [_graded(hits, [next(grades).answer for _ in hits[:LEAST_CANDIDATES]]) for hits in found]
        if weight == 1:
            return [in_order(hits)[:k] for hits in graded]
        return [
            _fused((as_found, in_order(hits)), (1 - weight, weight))[:k] for as_found, hits in zip(found, graded, strict=True)
        ]

    return find


def refuse_no_grader(grader: Model) -> None:
    """Raises `InputError` where a model does not grade passages."""
    if grader.task.name != "reranking":
        raise InputError(f"--rerank takes a model tuned for reranking, and this one is for {grader.task.name}")


def _graded(hits: Sequence[Hit], answers: Sequence[object]) -> list[Hit]:
    """The passages with their grades; those without one stand behind, as they were found, and so near to the last grade that
    the others still differ where all are brought to one scale (`diverse`).
    """
    grades = [grade for grade in answers if isinstance(grade, float)] or [0.0]
    step = (max(grades) - min(grades) or 1.0) * _BEHIND / max(1, len(hits))
    told = zip_longest(hits, answers)
    return [Hit(hit.passage, g if isinstance(g, float) else min(grades) - step * k) for k, (hit, g) in enumerate(told, 1)]


def diverse(way: Find, store: Store, diversity: float, collection: str = MAIN) -> Find:
    """Maximal marginal relevance (Carbonell & Goldstein 1998): passages that say what those before them do not say yet.

    `diversity` from 0 (the order as it is) to 1. Relevance is the other way's score, brought to 0..1 among the candidates;
    likeness is the cosine of the passages' vectors.
    """

    def find(queries: Sequence[str], k: int) -> list[list[Hit]]:
        return [_diverse(hits, store.vectors_of(hits, collection), k, diversity) for hits in way(queries, _candidates(k))]

    return find


def _diverse(hits: Sequence[Hit], vectors: NDArray[np.float32], k: int, diversity: float) -> list[Hit]:
    if not hits:
        return []
    scores = np.array([hit.score for hit in hits])
    relevance = (scores - scores.min()) / (np.ptp(scores) or 1.0)
    likeness = np.full(len(hits), 0.0)
    left, chosen = np.ones(len(hits), dtype=bool), list[int]()
    while left.any() and len(chosen) < k:
        worth = np.where(left, (1 - diversity) * relevance - diversity * likeness, -np.inf)
        best = int(worth.argmax())
        left[best] = False
        chosen.append(best)
        likeness = np.maximum(likeness, vectors @ vectors[best])
    return [hits[each] for each in chosen]


def hypothetical(way: Find, write: Write) -> Find:
    """HyDE (Gao et al. 2023): what a writer makes up in answer to the query is looked for, beside the query itself."""

    def find(queries: Sequence[str], k: int) -> list[list[Hit]]:
        made_up = write([HYDE.format(query) for query in queries])
        return way([f"{query}\n{passage}" for query, passage in zip(queries, made_up, strict=True)], k)

    return find


def reworded(way: Find, write: Write) -> Find:
    """Several queries for one: what a writer makes of it, a line each, is looked for too, and the lists are fused."""

    def find(queries: Sequence[str], k: int) -> list[list[Hit]]:
        written = write([REWORD.format(query) for query in queries])
        wordings = [[query, *_lines(text)] for query, text in zip(queries, written, strict=True)]
        found = iter(way([each for group in wordings for each in group], _candidates(k)))
        return [_fused([next(found) for _ in group], [1.0] * len(group))[:k] for group in wordings]

    return find


def _lines(text: str) -> list[str]:
    """The wordings in what was written, without the numbers and marks that lists begin with."""
    lines = (_MARK.sub("", line).strip('" ') for line in text.splitlines())
    return [line for line in lines if line][:_WORDINGS]


def with_neighbours(way: Find, store: Store, around: int, collection: str = MAIN) -> Find:
    """Before and behind each passage as many as `around` of those beside it in its document, with its score; none twice."""

    def find(queries: Sequence[str], k: int) -> list[list[Hit]]:
        return [list(_widened(hits, store, around, collection)) for hits in way(queries, k)]

    return find


def _widened(hits: Sequence[Hit], store: Store, around: int, collection: str) -> Iterator[Hit]:
    told: set[str] = set()
    for hit in hits:
        for passage in store.around(hit.passage, around, around, collection):
            if passage.id not in told:
                told.add(passage.id)
                yield Hit(passage, hit.score)


def in_order(hits: Iterable[Hit]) -> list[Hit]:
    """Best first; of the same score, by their ids."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))


def titled(passage: Passage) -> str:
    """A passage with the headings that it stands under on a line of their own, as models read it."""
    return "\n".join(filter(None, (" › ".join(passage.titles), passage.text)))


def _candidates(k: int) -> int:
    return max(LEAST_CANDIDATES, WIDER * k)
