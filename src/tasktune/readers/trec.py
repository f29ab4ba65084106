"""TREC's runs: what a search found for each query, a line a document.

query Q0 document rank score tag
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from math import isfinite
from pathlib import Path
from typing import Any, Final

from tasktune.core import InputError, Row
from tasktune.readers.source import Source

_TAG: Final = "tasktune"
_CELLS: Final = 6


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether lines are surely of a run: six cells, the second of them Q0."""
    cells = [line.split() for line in lines if line.strip()]
    return bool(cells) and all(len(each) == _CELLS and each[1] == "Q0" for each in cells)


def read(source: Source) -> Iterator[Row]:
    """A row a line: `query_id`, `id` (of the document), `rank`, `score`."""
    for number, line in source.lines():
        match line.split():
            case []:
                continue
            case [query, _, document, rank, score, _] if _is_number(score):
                yield Row({"query_id": query, "id": document, "rank": rank, "score": float(score)}, source.place(number))
            case _:
                raise source.refuse(
                    number, f"query, Q0, document, rank, score and tag must stand here, but there is {line[:60]!r}"
                )


def _is_number(cell: str) -> bool:
    try:
        return isfinite(float(cell))
    except ValueError:
        return False


def run(path: Path | None) -> dict[str, dict[str, float]]:
    """The scores of a run by query and document; nothing of no file."""
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    if path is not None:
        with Source(path) as source:
            for row in read(source):
                found[row.string("query_id")][row.string("id")] = row.values["score"]
    return dict(found)


def write(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of rows with `query_id`, `id` and `answer`, a score. The documents of a query stand together, best first."""
    for query, found in groupby(rows, lambda row: row.get("query_id") or row.get("query")):
        ranked = sorted(found, key=lambda row: -row["answer"])
        for rank, row in enumerate(ranked, 1):
            cells = [str(query), "Q0", str(row.get("id", "")), str(rank), f"{row['answer']:.9f}", _TAG]
            if any(len(cell.split()) != 1 for cell in cells):
                raise InputError(f"a run needs ids of queries and documents, without blanks in them, but here are {cells[::2]}")
            yield " ".join(cells) + "\n"
