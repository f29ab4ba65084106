"""What a store is: passages by collection and file, searched by words (BM25) and by vectors (cosine).

Whoever indexes writes a file at a time: all that was of it goes, all that is of it comes, in one transaction, with a digest by
which the next indexing knows what has not changed. Whoever searches sees whole files only. Of equal scores the passage whose id
is first comes first, in every store.

    BM25 = Σ over the query's words  ln(1 + (N - n + ½) / (n + ½)) · f / (f + k1 (1 - b + b · length / mean length))

with N passages of the collection, n that have the word, f times that this one has it, k1 = 1.5 and b = 0.75: Robertson's formula
as Lucene has it, whose weights are never negative, and as bm25s counts by default (Kamphuis et al. 2020, "Which BM25 do you
mean?"). Words are `words`'s, of a passage's titles and its text.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Self, TypeAlias

from tasktune.core import InputError
from tasktune.passages import Hit, Passage, Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]

Where: TypeAlias = Mapping[str, Value | Sequence[Value]]
"""What a passage must be: `source`, `page` or a key of its metadata, and the value it has, or several of which it has one.

A key of the metadata that is called `source` or `page`, too, cannot be asked for.
"""


def several(wanted: Value | Sequence[Value]) -> list[Value]:
    """The values of which a passage is to have one."""
    return [wanted] if isinstance(wanted, str | int | float) else list(wanted)


K1: Final = 1.5
B: Final = 0.75

MAIN: Final = "main"
"""The collection where none is named."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was stored, and how: all vectors of a store are of one model, all passages of one way to cut documents.

    `model` is its name or folder and `weights` their digest (both empty, and `dimension` 0, where there are no vectors);
    `chunking` says how documents were cut.
    """

    model: str = ""
    weights: str = ""
    dimension: int = 0
    chunking: str = ""

    def agree(self, others: Facts, where: str) -> None:
        """Raises `InputError` where `others`, to be written to the store `where`, are not these. Equal weights are one model."""
        mine, theirs = asdict(self), asdict(others)
        for name in mine:
            if mine[name] != theirs[name] and not (name == "model" and self.weights and self.weights == others.weights):
                raise InputError(
                    f"{where} was indexed with {name} {mine[name] or 'none'!r}, but this is {theirs[name] or 'none'!r}; a store "
                    "has one. Give what it was indexed with, or index everything anew (tasktune index … --again)"
                )


class Store(ABC):
    """Passages and their vectors. One store may be used by several threads, and by several processes at once."""

    @abstractmethod
    def facts(self) -> Facts | None:
        """What the store was begun with; `None` before that."""

    @abstractmethod
    def begin(self, facts: Facts) -> None:
        """Say what will be written. Raises `InputError` where the store was begun with something else."""

    @abstractmethod
    def renew(self, facts: Facts) -> None:
        """Begin again with other facts: all vectors go, and all digests, so that the next indexing writes every file anew.

        Until then words are still found, where the store can keep them.
        """

    @abstractmethod
    def collections(self) -> list[str]:
        """The names of the collections, sorted."""

    @abstractmethod
    def digests(self, collection: str = MAIN) -> dict[str, str]:
        """The digest of each file that was put; empty where `renew` forgot it."""

    @abstractmethod
    def paths(self, collection: str = MAIN) -> dict[str, str]:
        """Where each file that was put lay; empty where that was not said."""

    @abstractmethod
    def put(
        self,
        file: str,
        digest: str,
        passages: Sequence[Passage],
        vectors: Floats | None = None,
        collection: str = MAIN,
        path: str = "",
    ) -> None:
        """Write what a file holds, which lies at `path`, in place of all that was of it, as one transaction.

        `vectors` are (passages, dimension), of any length but finite; none where only words will be searched. Raises
        `InputError` where they do not fit, where `begin` was not called, or where there is no room left.
        """

    @abstractmethod
    def move(self, paths: Mapping[str, str], collection: str = MAIN) -> None:
        """Write where files lie now, by their names, and leave all else of them as it is."""

    @abstractmethod
    def drop(self, file: str, collection: str = MAIN) -> int:
        """Remove a file and all that is of it; how many passages that were."""

    @abstractmethod
    def by_words(self, query: str, k: int, collection: str = MAIN, where: Where | None = None) -> list[Hit]:
        """The `k` passages of the highest BM25, those that have one of the query's words. A query is words and nothing else."""

    @abstractmethod
    def by_vectors(self, queries: Floats, k: int, collection: str = MAIN, where: Where | None = None) -> list[list[Hit]]:
        """The `k` passages of the highest cosine for each of `queries` (queries, dimension), all of them compared."""

    def by_vector(self, query: Floats, k: int, collection: str = MAIN, where: Where | None = None) -> list[Hit]:
        """The `k` passages of the highest cosine with `query` (dimension,)."""
        return self.by_vectors(query[None], k, collection, where)[0]

    @abstractmethod
    def vectors_of(self, hits: Sequence[Hit], collection: str = MAIN) -> Floats:
        """The vectors of passages that were found, each of length 1: (hits, dimension)."""

    @abstractmethod
    def around(self, passage: Passage, before: int, after: int, collection: str = MAIN) -> list[Passage]:
        """The passages that stand before and after one in its document, and itself between them, in order."""

    @abstractmethod
    def passages(self, collection: str = MAIN, where: Where | None = None) -> Iterator[Passage]:
        """All passages of a collection that are as asked for, a file after the other."""

    @abstractmethod
    def count(self, collection: str = MAIN) -> int:
        """How many passages a collection has."""

    @abstractmethod
    def close(self) -> None:
        """Give back what the store holds; it can be used no more."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
