"""BM25 is bm25s's, score by score."""

from pathlib import Path

import numpy as np
import pytest

from tasktune.passages import Passage
from tasktune.readers import collection
from tasktune.readers.source import Source
from tasktune.stores import Facts, open_store
from tasktune.stores.words import words


def test_rankings_of_cranfield_are_those_of_bm25s(shared: Path, tmp_path: Path) -> None:
    bm25s = pytest.importorskip("bm25s")
    with Source(str(shared / "retrieval/cranfield")) as source:
        rows = list(collection.read(source))
    texts = {f"{row.id}:0-1": row.string("text") for row in rows if row.get("passages") is None}
    queries = [row.string("text") for row in rows if row.get("passages") is not None]
    names = sorted(texts)  # bm25s puts the first of equals first
    peer = bm25s.BM25()
    peer.index([words(texts[name]) or [""] for name in names], show_progress=False)
    assert len(queries) >= 150
    with open_store(tmp_path / "kb.db", "write") as store:
        store.begin(Facts())
        for name in names:
            store.put(name, "", [Passage(name.split(":")[0], 0, 1, texts[name])])
        for query in queries:
            hits = store.by_words(query, 10)
            scores = peer.get_scores(words(query)).astype(np.float64)
            theirs = sorted(zip((-scores).round(4), names, strict=True))[:10]
            assert [hit.score for hit in hits] == pytest.approx([-score for score, _ in theirs], abs=1e-4)
            assert [hit.passage.id for hit in hits] == [name for _, name in theirs]
