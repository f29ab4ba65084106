"""What vectors are good for as a model comes, without tuning: `python benchmarks/vectors.py` from the root of the repository.

How alike two texts are (STS-B), finding what answers a query (Cranfield), and grouping texts by topic (StackOverflow,
SearchSnippets). The result is `vectors.json` beside this file, saved after each row; `--only NAME`, as often as need be, runs
just these.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import tasktune as tt
from run import machine
from tasktune.models.embedder import embedder
from tasktune.recipe import Recipe
from tasktune.scores import Scores

HERE = Path(__file__).parent
SHARED = Path("../shared/data")


def evaluated(model: str, data: str, mapping: dict[str, str]) -> tuple[int, Scores]:
    """How many records there are, and the scores."""
    found = tt.evaluate(embedder(model, Recipe()), SHARED / data, mapping)
    return found.records, found.scores


def grouped(model: str, texts: str, labels: str, clusters: int) -> tuple[int, Scores]:
    """How many texts there are, and how well k-means' clusters agree with their labels."""
    files = f"{SHARED / texts},{SHARED / labels}"
    columns = {"text": Path(texts).stem, "answer": Path(labels).stem}
    found = tt.cluster(files, model, clusters, mapping=columns, format="parallel")
    assert found.scores
    return len(found.texts), found.scores


_STSB = {"text": "1", "pair": "2", "answer": "3"}


@dataclass(frozen=True, slots=True)
class Row:
    """What is measured, by which model."""

    name: str
    what: str
    model: str
    measured: Callable[[], tuple[int, Scores]]


ROWS = (
    Row(
        "stsb-embedding, as it comes",
        "cosines and how alike two texts are",
        "minilm",
        lambda: evaluated("minilm", "sts/stsb_multi_mt/stsb-en-dev.csv", _STSB),
    ),
    Row(
        "cranfield",
        "exact search among 1,400 abstracts, queries of all the collection",
        "minilm",
        lambda: evaluated("minilm", "retrieval/cranfield", {}),
    ),
    Row(
        "stackoverflow",
        "9,000 titles in 20 clusters",
        "minilm",
        lambda: grouped(
            "minilm", "clustering/stackoverflow/title_StackOverflow.txt", "clustering/stackoverflow/label_StackOverflow.txt", 20
        ),
    ),
    Row(
        "searchsnippets",
        "5,000 snippets in 8 clusters",
        "minilm",
        lambda: grouped(
            "minilm", "clustering/searchsnippets/SearchSnippets.txt", "clustering/searchsnippets/SearchSnippets_gnd.txt", 8
        ),
    ),
)


def main() -> int:
    """Measure each row and save what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=[row.name for row in ROWS], metavar="NAME")
    only = parser.parse_args().only
    place = HERE / "vectors.json"
    results: dict[str, Any] = json.loads(place.read_text(encoding="utf-8")) if place.exists() else {"rows": {}}
    results["machine"] = machine()
    for row in ROWS:
        if only and row.name not in only:
            continue
        print(row.name, flush=True)
        results["rows"][row.name] = result(row)
        place.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def result(row: Row) -> dict[str, Any]:
    """One row as JSON."""
    began = perf_counter()
    records, scores = row.measured()
    return {
        "what": row.what,
        "model": row.model,
        "records": records,
        "primary": scores.primary,
        "scores": {name: asdict(score) for name, score in scores.values.items()},
        "seconds": round(perf_counter() - began, 1),
        "threads": int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
    }


if __name__ == "__main__":
    sys.exit(main())
