"""Collections to search: documents, queries, and which documents were judged relevant to which query, in a folder.

A row is a document (`id`, `text`, an empty `answer`), or behind them a query: `id`, `text`, as `answer` the judged documents with
their grades, their texts as `passages`, and as `candidates` the texts of those that a run in the folder found.

    scifact/                        as BEIR has them (Thakur et al. 2021); `scifact/qrels/train.tsv` names one of several
    ├── corpus.jsonl                _id, title, text
    ├── queries.jsonl               _id, text
    ├── qrels/test.tsv              query-id, corpus-id, score
    └── bm25.run                    a run, as TREC has them, where candidates are wanted
    cranfield/                      as the SMART system had them: Cranfield, CISI, Medline
    ├── cran.all.1400               .I .T .A .B .W
    ├── cran.qry                    .I .W
    └── cranqrel                    the place of the query in its file, a document, Cleverdon's code: 1 best … 4, -1 or 5 none

Judgments in four columns are TREC's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tasktune.core import InputError, Row
from tasktune.readers import jsonl, trec
from tasktune.readers.source import Source

Texts = dict[str, str]
_CANDIDATES = 100  # of a run, for each query
_NO_CODE = 5  # of Cleverdon's: of no interest


def is_one(path: str) -> bool:
    """Whether a path is a folder, or the judgments of one as BEIR has them."""
    here = Path(path)
    try:
        return here.is_dir() or (here.parent.name == "qrels" and (here.parent.parent / "corpus.jsonl").is_file())
    except OSError:  # a text where a path should be
        return False


def has_documents(path: str) -> bool:
    """Whether a folder has the documents of a collection, whatever else it has."""
    return any(Path(path).glob("corpus.jsonl")) or any(Path(path).glob("*.all*"))


def read(source: Source) -> Iterator[Row]:
    """A row a document, then a row a query that was judged. The documents are held in memory."""
    path = Path(source.path)
    if not is_one(source.path):
        raise InputError(f"{source.name}: this is no folder of documents, queries and judgments")
    folder = path if path.is_dir() else path.parent.parent
    if (folder / "corpus.jsonl").is_file():
        documents, queries = (_beir(folder / name) for name in ("corpus.jsonl", "queries.jsonl"))
        judged = _judged(path if path.is_file() else _only(folder, "judgments", "qrels/*.tsv", "qrels*", "*.qrels"))
    else:
        documents = _smart(_only(folder, "documents", "*.all*", "*.ALL"))
        queries = _smart(_only(folder, "queries", "*.qry", "*.QRY"))
        judged = _numbered(_only(folder, "judgments", "*qrel", "*.REL", "*.rel", "*qrels.txt", "*qrels"), list(queries))
    found = trec.run(next(iter(sorted(folder.glob("*.run"))), None))
    for name, text in documents.items():
        yield Row({"id": name, "text": text, "answer": []}, f"{folder}:{name}")
    for query, grades in judged.items():
        if query not in queries:
            raise InputError(f"{folder}: there are judgments of a query {query!r}, but no such query")
        candidates = list(found.get(query, ()))[:_CANDIDATES]
        texts = ({name: documents[name] for name in names if name in documents} for names in (grades, candidates))
        fields = zip(("passages", "candidates"), texts, strict=True)
        yield Row({"id": query, "text": queries[query], "answer": grades, **dict(fields)}, f"{folder}:query {query}")


def _only(folder: Path, what: str, *patterns: str) -> Path:
    """The one file of the first pattern that any file is of."""
    for pattern in patterns:
        fit = sorted(path for path in folder.glob(pattern) if path.is_file())
        if len(fit) > 1:
            raise InputError(f"{folder} has several files of {what}: {', '.join(path.name for path in fit)}. Name one: {fit[0]}")
        if fit:
            return fit[0]
    raise InputError(
        f"{folder} has no {what} ({', '.join(patterns)}). A folder of data is a collection to search: corpus.jsonl, "
        "queries.jsonl and qrels/test.tsv, as BEIR has them, or SMART's .all, .qry and qrel. Else give a file"
    )


def _beir(path: Path) -> Texts:
    """Texts by their `_id`, behind their titles."""
    with Source(path) as source:
        rows = [(row, str(row.get("_id") or row.id)) for row in jsonl.read(source)]
        return {name: " ".join(filter(None, (row.optional("title"), row.string("text")))) for row, name in rows}


def _smart(path: Path) -> Texts:
    """Texts by their number: what stands under .W, or where that is nothing, under .T."""
    parts: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    name = field = ""
    with Source(path) as source:
        for number, line in source.lines():
            if line.startswith(".I"):
                name, field = line[2:].strip(), ""
                if not name or name in parts:
                    raise source.refuse(number, f"the number of a text must stand here, and each but once: {line!r}")
                parts[name][field] = []  # a text without any part is there, too
            elif len(line.strip()) == 2 and line[0] == ".":
                field = line.strip()
            elif name:
                parts[name][field].append(line.strip())
    return {name: " ".join(part[".W"] or part[".T"]) for name, part in parts.items()}


def _lines(path: Path) -> Iterator[tuple[list[str], Any]]:
    with Source(path) as source:
        for number, line in source.lines():
            if line.strip():
                yield line.split(), lambda why, at=number: source.refuse(at, why)


def _judged(path: Path) -> dict[str, dict[str, int]]:
    """Grades by query and document: BEIR's three columns under their header, or TREC's four."""
    judged: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for k, (cells, refuse) in enumerate(_lines(path)):
        match cells:
            case [query, document, grade] | [query, _, document, grade] if grade.lstrip("-").isdecimal():
                judged[query][document] = int(grade)
            case _ if k:
                raise refuse(f"a query, a document and its grade must stand here, but there is {' '.join(cells)[:60]!r}")
    return dict(judged)


def _numbered(path: Path, queries: Iterable[str]) -> dict[str, dict[str, int]]:
    """The same of SMART's files, where a query is known by its place among the queries, and three columns end in a code."""
    names = dict(enumerate(queries, 1))
    codes = all(len(cells) == len(("query", "document", "code")) for cells, _ in _lines(path))
    found: dict[str, dict[str, int]] = {}
    for query, grades in _judged(path).items():
        if not query.isdecimal() or int(query) not in names:
            raise InputError(f"{path}: there are judgments of query {query}, but {len(names)} queries")
        named = {name: _NO_CODE - code if 0 < code < _NO_CODE else 0 for name, code in grades.items()} if codes else grades
        found[names[int(query)]] = named
    return found
