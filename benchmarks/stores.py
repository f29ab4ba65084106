"""What searching costs, beside others on the same machine: `python benchmarks/stores.py` from the root of the repository.

Passages are made up: words drawn by Zipf's law from 200,000, 40 to 160 a passage, and vectors of 384 numbers around 1,000
centres; queries are of eight words and of such a vector. Each side indexes them and is asked the same queries, one at a time, a
round of one after a round of the other, five rounds; figures are medians of rounds. Then the store alone as it grows. The
results, `stores.json` and `STORES.md` beside this file, are written at each size. `--quick` takes a fiftieth, `--most` ends it.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasktune.passages import Passage
from tasktune.stores import Facts, open_store
from tasktune.stores.words import words

HERE = Path(__file__).parent
DIMENSION, K, SEED, PER_FILE, ROUNDS = 384, 10, 13, 50, 5
Floats = NDArray[np.float32]
Ask = Callable[[Any], list[int]]
"""From a query to the numbers of the passages that were found, best first."""


@dataclass(frozen=True)
class Material:
    """Passages and queries: text and vector of each."""

    texts: list[str]
    vectors: Floats
    queries: list[str]
    asked: Floats


def material(passages: int, queries: int) -> Material:
    """The same for the same numbers."""
    draw = np.random.default_rng(SEED)
    vocabulary = np.array([f"w{k:x}" for k in range(200_000)])
    centres = draw.normal(size=(1000, DIMENSION)).astype(np.float32)

    def texts(lengths: NDArray[np.int64]) -> list[str]:
        ranks = np.minimum(len(vocabulary) ** draw.random(lengths.sum()), len(vocabulary)).astype(np.int64) - 1
        return [" ".join(part) for part in np.split(vocabulary[ranks], np.cumsum(lengths)[:-1])]

    def near(count: int) -> Floats:
        rows = centres[draw.integers(0, len(centres), count)] + draw.normal(size=(count, DIMENSION)).astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    return Material(texts(draw.integers(40, 161, passages)), near(passages), texts(np.full(queries, 8)), near(queries))


# ---- the sides: each indexes the material in a folder, and says how it is asked


def ours(given: Material, folder: Path, by: str) -> Ask:
    """One file, fifty passages to a document."""
    with open_store(folder / "kb.db", "write") as store:
        store.begin(Facts("synthetic", "", DIMENSION if by == "vectors" else 0))
        for start in range(0, len(given.texts), PER_FILE):
            some = [Passage(f"{start}", k, k + 1, text) for k, text in enumerate(given.texts[start : start + PER_FILE], start)]
            store.put(f"{start}", "", some, given.vectors[start : start + PER_FILE] if by == "vectors" else None)
    opened = open_store(folder / "kb.db")
    found = opened.by_words if by == "words" else opened.by_vector
    return lambda query: [hit.passage.start for hit in found(query, K)]  # type: ignore[operator]


def fts5(given: Material, folder: Path) -> Ask:
    """SQLite's own full-text search."""
    file = sqlite3.connect(folder / "fts.db")
    file.execute("CREATE VIRTUAL TABLE texts USING fts5 (words, content = '', tokenize = 'ascii')")
    with file:
        file.executemany("INSERT INTO texts (rowid, words) VALUES (?, ?)", enumerate(given.texts))
    sql = "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?"
    return lambda query: [row for (row,) in file.execute(sql, (" OR ".join(f'"{word}"' for word in words(query)), K))]


def bm25s(given: Material, folder: Path) -> Ask:
    """In memory, saved beside."""
    import bm25s

    index = bm25s.BM25()
    index.index([words(text) for text in given.texts], show_progress=False)
    index.save(str(folder))
    return lambda query: index.retrieve([words(query)], k=K, show_progress=False)[0][0].tolist()  # type: ignore[no-any-return]


def faiss_flat(given: Material, folder: Path) -> Ask:
    """In memory, saved beside; vectors alone."""
    import faiss

    index = faiss.IndexFlatIP(DIMENSION)
    index.add(given.vectors)
    faiss.write_index(index, str(folder / "flat"))
    return lambda query: index.search(query[None], K)[1][0].tolist()  # type: ignore[no-any-return]


def lancedb(given: Material, folder: Path) -> Ask:
    """Files of its own format, all vectors compared; with the texts."""
    os.environ["LANCE_LOG"] = "error"
    import lancedb
    import pyarrow as pa

    vectors = pa.FixedSizeListArray.from_arrays(pa.array(given.vectors.ravel()), DIMENSION)
    rows = pa.table({"k": range(len(given.texts)), "text": given.texts, "vector": vectors})
    table = lancedb.connect(folder).create_table("kb", rows)
    return lambda query: [
        row["k"] for row in table.search(query).distance_type("cosine").select(["k", "text"]).limit(K).to_list()
    ]


SIDES: dict[str, dict[str, Callable[[Material, Path], Ask]]] = {
    "words": {"tasktune": partial(ours, by="words"), "FTS5": fts5, "bm25s": bm25s},
    "vectors": {"tasktune": partial(ours, by="vectors"), "faiss flat": faiss_flat, "LanceDB": lancedb},
}


# ---- measuring


def size(folder: Path) -> int:
    """Bytes on disk."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def indexed(side: Callable[[Material, Path], Ask], given: Material, folder: Path) -> tuple[dict[str, Any], Ask]:
    """What indexing cost, and how the side is asked."""
    folder.mkdir()
    began = perf_counter()
    ask = side(given, folder)
    return {"index_s": round(perf_counter() - began, 2), "bytes": size(folder)}, ask


def rounds(asks: dict[str, Ask], queries: Any) -> Iterator[tuple[str, list[float], list[list[int]]]]:
    """Side by side, a round of queries: the seconds of each, and what was found."""
    for ask in asks.values():
        ask(queries[0])  # what the first one loads is not its share
    for _ in range(ROUNDS):
        for name, ask in asks.items():
            seconds, found = [], []
            for query in queries:
                began = perf_counter()
                found.append(ask(query))
                seconds.append(perf_counter() - began)
            yield name, seconds, found


def figures(seconds: list[list[float]]) -> dict[str, float]:
    """Medians of rounds."""
    return {
        "queries_per_s": round(median(len(each) / sum(each) for each in seconds), 1),
        "p50_ms": round(median(float(np.percentile(each, 50)) for each in seconds) * 1e3, 3),
        "p99_ms": round(median(float(np.percentile(each, 99)) for each in seconds) * 1e3, 3),
    }


def exact(given: Material) -> list[list[int]]:
    """The nearest vectors, all compared."""
    return [np.argsort(-(given.vectors @ query), kind="stable")[:K].tolist() for query in given.asked]


def compared(by: str, given: Material, folder: Path) -> dict[str, Any]:
    """Each side's figures."""
    results, asks = {}, {}
    for number, (name, side) in enumerate(SIDES[by].items()):
        results[name], asks[name] = indexed(side, given, folder / f"{by}{number}")
    queries = given.queries if by == "words" else given.asked
    seconds: dict[str, list[list[float]]] = {name: [] for name in asks}
    found: dict[str, list[list[int]]] = {}
    for name, took, those in rounds(asks, queries):
        seconds[name].append(took)
        found[name] = those
    truth = exact(given) if by == "vectors" else found["bm25s"]
    for name, result in results.items():
        shared = [len(set(mine) & set(theirs)) / K for mine, theirs in zip(found[name], truth, strict=True)]
        result |= figures(seconds[name]) | {"recall@10": round(float(np.mean(shared)), 4)}
    return results


def grown(passages: int, folder: Path) -> dict[str, Any]:
    """The store alone, with words and vectors."""
    given = material(passages, 50)
    result, ask = indexed(partial(ours, by="vectors"), given, folder / f"grown{passages}")
    with open_store(folder / f"grown{passages}" / "kb.db") as store:
        began = perf_counter()
        store.by_words(given.queries[0], K)
        result["first_words_ms"] = round((perf_counter() - began) * 1e3, 1)
        by_words: Ask = lambda query: [hit.passage.start for hit in store.by_words(query, K)]  # noqa: E731
        result["words"] = figures([took for _, took, _ in rounds({"": by_words}, given.queries)])
    began = perf_counter()
    ask(given.asked[0])
    result["first_vectors_ms"] = round((perf_counter() - began) * 1e3, 1)
    result["vectors"] = figures([took for _, took, _ in rounds({"": ask}, given.asked)])
    return result


# ---- the page


def page(results: dict[str, Any]) -> str:
    """The results as Markdown."""
    heads = ("index, s", "queries/s", "p50, ms", "p99, ms", "MB on disk", "recall@10")
    counts = f"{results['passages']:,} made-up passages, {DIMENSION} numbers a vector; {results['queries']} queries one at a time"
    where = f"{results['date']}, {results['machine']}, {results['threads']} thread(s): `{results['command']}`"
    lines = ["# Stores", "", f"{counts}, {ROUNDS} rounds in turn, medians; seed {SEED}; {where}."]
    for by, what in (("words", "BM25. Recall is of what bm25s finds"), ("vectors", "Vectors. Recall is of the nearest")):
        lines += ["", f"## {what}", "", "| | " + " | ".join(heads) + " |", "|---|" + "--:|" * len(heads)]
        for name, r in results[by].items():
            cells = (r["index_s"], r["queries_per_s"], r["p50_ms"], r["p99_ms"], round(r["bytes"] / 1e6, 1), r["recall@10"])
            lines.append(f"| {name} | " + " | ".join(map(str, cells)) + " |")
    lines += ["", "tasktune and LanceDB keep the texts, too; tasktune also what BM25 needs, and all of it in one file."]
    heads = ("index, s", "MB", "first by words, ms", "p50", "p99", "first by vectors, ms", "p50", "p99")
    lines += ["", "## As it grows", "", "| passages | " + " | ".join(heads) + " |", "|--:|" + "--:|" * len(heads)]
    for count, r in results["growth"].items():
        w, v = r["words"], r["vectors"]
        times = (r["first_words_ms"], w["p50_ms"], w["p99_ms"], r["first_vectors_ms"], v["p50_ms"], v["p99_ms"])
        lines.append(f"| {int(count):,} | {r['index_s']} | {round(r['bytes'] / 1e6, 1)} | " + " | ".join(map(str, times)) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--most", type=int, default=1_000_000)
    parser.add_argument("--into", type=Path, default=HERE, help="folder of stores.json and STORES.md")
    asked = parser.parse_args()
    passages, queries = (2_000, 20) if asked.quick else (asked.passages, asked.queries)
    given = material(passages, queries)
    results: dict[str, Any] = {
        "passages": passages, "queries": queries, "date": datetime.now(UTC).date().isoformat(), "machine": _machine(),
        "threads": os.environ.get("OMP_NUM_THREADS", "all"), "command": " ".join(["python", *sys.argv]),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for by in SIDES:
            results[by] = compared(by, given, folder)
        results["growth"] = {}
        for n in [1000, 5000] if asked.quick else [n for n in (10_000, 100_000, 1_000_000) if n <= asked.most]:
            results["growth"][str(n)] = grown(n, folder)
            (asked.into / "stores.json").write_text(json.dumps(results, indent=1) + "\n")
            (asked.into / "STORES.md").write_text(page(results))
    print(page(results))
    return 0


def _machine() -> str:
    names = [
        line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")
    ]
    return f"{len(names)} × {names[0]}" if names else "an unnamed machine"


if __name__ == "__main__":
    sys.exit(main())
