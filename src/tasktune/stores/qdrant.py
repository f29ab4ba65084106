"""A store in Qdrant, for vectors of many machines.

A collection is one of Qdrant's, with a vector and the words of each passage as a sparse vector; a collection `tasktune` beside
them says which files there are. Words are weighted by Qdrant's own idf and by BM25's saturation with a fixed mean length, as
Qdrant's BM25 does, since the true one changes with every passage: rankings differ a little from those of other stores.

There are no transactions. A file's new passages are written first, then the old removed, then its digest noted: who is killed
between leaves a file that the next indexing writes anew, and until then some passages twice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, final
from uuid import NAMESPACE_URL, uuid4, uuid5

import numpy as np

from tasktune.core import InputError
from tasktune.passages import Hit, Passage
from tasktune.stores.base import MAIN, Facts, Store, Where
from tasktune.stores.qdrant_points import facet, facets, matching, number_of, passage_of, passing, weighted
from tasktune.stores.vectors import PLACES, fitting, unit
from tasktune.stores.words import counted, words

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

    from tasktune.stores.base import Floats

_REGISTER: Final = "tasktune"
_FACTS: Final = str(uuid5(NAMESPACE_URL, _REGISTER))
_MANY: Final = 256  # points of a request


@final
class QdrantStore(Store):
    """The store of a server (qdrant+http://host:6333), or of a folder (qdrant:FOLDER), which only one process may open."""

    def __init__(self, address: str, *, writable: bool) -> None:
        self._where = address
        self._begun: Facts | None = None
        self._client = _connected(address)
        with self._told():
            there = self._client.collection_exists(_REGISTER)
            if writable and not there:
                self._client.create_collection(_REGISTER, vectors_config={})
            elif not there:
                raise InputError(f"there is no store in {address}; make one with: tasktune index DOCUMENTS --into {address}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        from qdrant_client.http.exceptions import ApiException

        try:
            yield
        except ApiException as error:
            raise InputError(f"{self._where}: {error}") from error

    # ---- what it is of

    def facts(self) -> Facts | None:
        """What the store was begun with."""
        with self._told():
            found = self._client.retrieve(_REGISTER, [_FACTS])
        return Facts(**(found[0].payload or {})["facts"]) if found else None

    def begin(self, facts: Facts) -> None:
        """Say what will be written."""
        known = self.facts()
        if known is None:
            self._note(_FACTS, {"facts": asdict(facts)})
        else:
            known.agree(facts, self._where)
        self._begun = facts

    def renew(self, facts: Facts) -> None:
        """Begin again with other facts. Passages go, too: the length of vectors is fixed when a collection is made."""
        with self._told():
            for name in self.collections():
                self._client.delete_collection(_named(name))
            self._client.delete_collection(_REGISTER)
            self._client.create_collection(_REGISTER, vectors_config={})
        self.begin(facts)

    def collections(self) -> list[str]:
        """The names of the collections, sorted."""
        with self._told():
            names = [each.name for each in self._client.get_collections().collections]
        return sorted(name.removeprefix(f"{_REGISTER}-") for name in names if name.startswith(f"{_REGISTER}-"))

    def digests(self, collection: str = MAIN) -> dict[str, str]:
        """The digest of each file that was put."""
        found = self._all(_REGISTER, {"collection": collection})
        return {each.payload["file"]: each.payload["digest"] for each in found}

    def paths(self, collection: str = MAIN) -> dict[str, str]:
        """Where each file that was put lay."""
        found = self._all(_REGISTER, {"collection": collection})
        return {each.payload["file"]: each.payload.get("path", "") for each in found}

    def count(self, collection: str = MAIN) -> int:
        """How many passages a collection has."""
        with self._told():
            return int(self._client.count(_named(collection), exact=True).count) if self._has(collection) else 0

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    # ---- writing

    def put(
        self,
        file: str,
        digest: str,
        passages: Sequence[Passage],
        vectors: Floats | None = None,
        collection: str = MAIN,
        path: str = "",
    ) -> None:
        """Write what a file holds, then remove what was of it."""
        from qdrant_client import models

        facts = self.facts()
        rows = fitting(vectors, len(passages), facts, self._begun, self._where)
        put = uuid4().hex
        points = [
            models.PointStruct(
                id=str(uuid5(NAMESPACE_URL, f"{put} {k}")),
                vector={"words": weighted(counted(passage)), **({"text": rows[k].tolist()} if len(rows) else {})},
                payload={"file": file, "put": put, "passage": asdict(passage), "facets": facets(passage)},
            )
            for k, passage in enumerate(passages)
        ]
        with self._told():
            self._make(collection, facts.dimension if facts else 0)
            for start in range(0, len(points), _MANY):
                self._client.upsert(_named(collection), points[start : start + _MANY], wait=True)
            old = matching({"file": file})
            old.must_not = matching({"put": put}).must
            self._client.delete(_named(collection), models.FilterSelector(filter=old), wait=True)
        self._note(_name_of(collection, file), {"collection": collection, "file": file, "digest": digest, "path": path})

    def move(self, paths: Mapping[str, str], collection: str = MAIN) -> None:
        """Write where files lie now."""
        from qdrant_client import models

        with self._told():
            for file, path in paths.items():
                it = models.Filter(must=[models.HasIdCondition(has_id=[_name_of(collection, file)])])
                self._client.set_payload(_REGISTER, {"path": path}, it, wait=True)

    def drop(self, file: str, collection: str = MAIN) -> int:
        """Remove a file and all that is of it."""
        from qdrant_client import models

        if not self._has(collection):
            return 0
        with self._told():
            self._client.delete(_REGISTER, models.PointIdsList(points=[_name_of(collection, file)]), wait=True)
            those = matching({"file": file})
            gone = self._client.count(_named(collection), count_filter=those, exact=True).count
            self._client.delete(_named(collection), models.FilterSelector(filter=those), wait=True)
        return int(gone)

    def _note(self, name: str, payload: dict[str, Any]) -> None:
        from qdrant_client import models

        with self._told():
            self._client.upsert(_REGISTER, [models.PointStruct(id=name, vector={}, payload=payload)], wait=True)

    def _make(self, collection: str, dimension: int) -> None:
        from qdrant_client import models

        if not self._has(collection):
            sparse = {"words": models.SparseVectorParams(modifier=models.Modifier.IDF)}
            dense = {"text": models.VectorParams(size=dimension, distance=models.Distance.DOT)} if dimension else {}
            self._client.create_collection(_named(collection), vectors_config=dense, sparse_vectors_config=sparse)
            if self._where.startswith("qdrant+"):  # a folder has no indices
                for field in ("file", "put", "facets"):
                    self._client.create_payload_index(_named(collection), field, models.PayloadSchemaType.KEYWORD)

    def _has(self, collection: str) -> bool:
        return bool(self._client.collection_exists(_named(collection)))

    # ---- searching

    def by_words(self, query: str, k: int, collection: str = MAIN, where: Where | None = None) -> list[Hit]:
        """The `k` passages of the highest BM25, as Qdrant counts it."""
        from qdrant_client import models

        asked = {number_of(word): float(times) for word, times in Counter(words(query)).items()}
        sparse = models.SparseVector(indices=list(asked), values=list(asked.values()))
        return self._hits(sparse, "words", k, collection, where) if asked else []

    def by_vectors(self, queries: Floats, k: int, collection: str = MAIN, where: Where | None = None) -> list[list[Hit]]:
        """The `k` passages of the highest cosine for each of `queries`, all of them compared."""
        facts = self.facts()
        if not facts or not facts.dimension:
            return [[] for _ in queries]
        return [self._hits(row.tolist(), "text", k, collection, where) for row in unit(queries, self._where)]

    def _hits(self, query: Any, using: str, k: int, collection: str, where: Where | None) -> list[Hit]:
        """As many as are asked for and some behind them, until one has less: all that tie with the last are among them."""
        from qdrant_client import models

        server = self._where.startswith("qdrant+")
        search = models.SearchParams(exact=True) if server and using == "text" else None
        limit = k + 16
        while k > 0 and self._has(collection):
            with self._told():
                asked = {"using": using, "limit": limit, "query_filter": passing(where), "search_params": search}
                found = self._client.query_points(_named(collection), query, **asked).points
            hits = [Hit(passage_of(each), float(np.round(each.score, PLACES))) for each in found]
            if len(hits) < limit or hits[-1].score < hits[k - 1].score:
                return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))[:k]
            limit *= 4
        return []

    def vectors_of(self, hits: Sequence[Hit], collection: str = MAIN) -> Floats:
        """The vectors of passages that were found, each of length 1."""
        rows = []
        for hit in hits:
            of: dict[str, str | int] = {"passage.start": hit.passage.start, "passage.end": hit.passage.end}
            of["facets"] = facet("source", hit.passage.source)
            found = self._all(_named(collection), of, with_vectors=["text"])
            if not found or not found[0].vector:
                raise InputError(f"{self._where} has no vectors of some of these passages")
            rows.append(np.array(found[0].vector["text"], np.float32))
        return np.stack(rows) if rows else np.empty((0, 0), np.float32)

    def around(self, passage: Passage, before: int, after: int, collection: str = MAIN) -> list[Passage]:
        """A passage between those that stand before and after it in its document."""
        found = self._all(_named(collection), {"facets": facet("source", passage.source)})
        place = (passage.start, passage.end)
        beside = sorted(map(passage_of, found), key=lambda each: (each.start, each.end))
        earlier = [each for each in beside if (each.start, each.end) < place]
        later = [each for each in beside if (each.start, each.end) > place]
        return [*earlier[max(0, len(earlier) - before) :], passage, *later[:after]]

    def passages(self, collection: str = MAIN, where: Where | None = None) -> Iterator[Passage]:
        """All passages of a collection that are as asked for, a file after the other."""
        for file in sorted(self.digests(collection)):
            found = map(passage_of, self._all(_named(collection), {"file": file}, where))
            yield from sorted(found, key=lambda each: (each.source, each.start, each.end))

    def _all(
        self, name: str, having: Mapping[str, str | int], where: Where | None = None, with_vectors: Any = False
    ) -> list[Any]:
        found, after, those = list[Any](), None, matching(having)
        if where:
            those.must += passing(where).must
        while True:
            with self._told():
                some, after = self._client.scroll(name, those, limit=_MANY, offset=after, with_vectors=with_vectors)
            found += some
            if after is None:
                return found


def _connected(address: str) -> QdrantClient:
    try:
        from qdrant_client import QdrantClient
    except ImportError as error:
        raise InputError("a store in Qdrant needs its client: pip install 'tasktune[qdrant]'") from error
    try:
        if address.startswith("qdrant+"):
            return QdrantClient(url=address.removeprefix("qdrant+"), timeout=60)
        return QdrantClient(path=address.removeprefix("qdrant:"))
    except (RuntimeError, OSError, ValueError) as error:
        raise InputError(f"{address} cannot be opened: {error}") from error


def _named(collection: str) -> str:
    return f"{_REGISTER}-{collection}"


def _name_of(collection: str, file: str) -> str:
    return str(uuid5(NAMESPACE_URL, json.dumps([collection, file])))
