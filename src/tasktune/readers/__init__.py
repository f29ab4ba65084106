"""Files in, rows out, and back: one file a format, and `FORMATS`, the table of them all.

`rows` reads any of them as `Row`s; `mapped` (in `mapping`) gives their columns the names of a record's fields; `write` and
`output` write, so that a file is there whole or not at all. Nothing is lost or changed on the way: what cannot be read as it
stands is refused, with its file, its line and what to do.

A format is found by the file's suffix and, where that leaves several, by a look at the first lines. The look decides only where
what it sees can be nothing else; otherwise the user is asked for `--format`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tasktune.core import InputError, Row
from tasktune.readers import (
    aspects,
    bigbench,
    chat,
    collection,
    conll,
    conllu,
    csv,
    documents,
    json,
    json_lists,
    jsonl,
    labelled,
    multihead,
    pairs,
    parallel,
    parquet,
    pictures,
    po,
    quadruples,
    rte,
    squad,
    text,
    tmx,
    trec,
    triplets,
    tsv,
    whole,
    wikitext,
    xliff,
)
from tasktune.readers.output import output
from tasktune.readers.source import BOM, STDIN, Source
from tasktune.readers.units import Unit

__all__ = ["FORMATS", "Format", "detect", "output", "rows", "write"]


def _never(lines: list[str], known: frozenset[str]) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: the suffixes it goes by, what it is in a line, how it is read and, where it is, written.

    `looks(first lines, known names)` says whether lines are of this format, beyond doubt unless the format is one of `PLAIN`.
    `units` are the texts of a file that is translated in its place.
    """

    name: str
    suffixes: tuple[str, ...]
    what: str
    read: Callable[[Source], Iterator[Row]]
    write: Callable[[Iterable[Mapping[str, Any]]], Iterator[str]] | None = None
    looks: Callable[[list[str], frozenset[str]], bool] = _never
    units: Callable[[Source], Iterator[Unit]] | None = None


_CONLL = (".conll", ".bio", ".iob", ".iob2", ".iobes", ".bmes", ".bioes", ".tsv", ".txt")
_TABLE = (  # Of several with one suffix, the more special stand first, and the last is what the suffix means by itself.
    Format("chat", (".jsonl", ".json"), "conversations in JSON: OpenAI, ShareGPT, Alpaca", chat.read, chat.write, chat.looks),
    Format("squad", (".json",), "SQuAD's JSON: articles, paragraphs, questions", squad.read, looks=squad.looks),
    Format("bigbench", (".json",), "BIG-bench's JSON: the examples of a task", bigbench.read, looks=bigbench.looks),
    Format("json-lists", (".json",), "a JSON list of lists, without names", json_lists.read, looks=json_lists.looks),
    Format("jsonl", (".json", ".jsonl", ".ndjson"), "a JSON object a line", jsonl.read, jsonl.write, jsonl.looks),
    Format("json", (".json",), "a JSON list of objects", json.read, looks=json.looks),
    Format("conllu", (".conllu",), "CoNLL-U, Universal Dependencies' columns", conllu.read, conllu.write, conllu.looks),
    Format(
        "pairs",
        (".txt",),
        "sentences with <e1> and <e2> marked, a relation below each",
        pairs.read,
        looks=pairs.looks,
    ),
    Format(
        "aspects",
        (".raw", ".seg", ".txt"),
        "a text with $T$, the aspect that stood there, its polarity: three lines each",
        aspects.read,
        looks=aspects.looks,
    ),
    Format(
        "triplets",
        (".txt",),
        "a sentence, #### and its opinion triplets a line: ASTE",
        triplets.read,
        looks=triplets.looks,
    ),
    Format(
        "quadruples",
        (".tsv", ".txt"),
        "a text and its opinion quadruples a line: ACOS",
        quadruples.read,
        looks=quadruples.looks,
    ),
    Format(
        "multihead",
        (".txt",),
        "a word a line with its entity's tag and its relations, #doc before each text: CoNLL04",
        multihead.read,
        looks=multihead.looks,
    ),
    Format("rte", (), "pairs of a text and a hypothesis in XML: RTE-1 to RTE-7", rte.read, looks=rte.looks),
    Format("conll", _CONLL, "a word and its tags a line, an empty line between sentences", conll.read, conll.write, conll.looks),
    Format("csv", (".csv",), "comma-separated values", csv.read, csv.write, csv.looks),
    Format("tsv", (".tsv", ".tab", ".txt"), "tab-separated values", tsv.read, tsv.write, tsv.looks),
    Format("trec", (".run",), "a TREC run: query, Q0, document, rank, score, tag", trec.read, trec.write, trec.looks),
    Format("collection", (), "a folder of documents, queries, judgments: BEIR, SMART (Cranfield)", collection.read),
    Format("pictures", (), "a folder of pictures, with metadata.jsonl or in a folder a label", pictures.read),
    Format("po", (".po", ".pot"), "gettext's catalogues of messages", po.read, looks=po.looks, units=po.units),
    Format("tmx", (".tmx",), "translation memories, TMX 1.4", tmx.read, units=tmx.units),
    Format("xliff", (".xlf", ".xliff", ".sdlxliff"), "XLIFF 1.2 and 2", xliff.read, units=xliff.units),
    Format("parquet", (".parquet",), "Parquet", parquet.read),
    Format("wikitext", (".txt",), "WikiText: articles under = Title = lines", wikitext.read, looks=wikitext.looks),
    Format("labelled", (".txt",), "a label, a space and a text a line: TREC, fastText", labelled.read, looks=labelled.looks),
    Format("documents", (".txt",), "texts parted by empty or <|endoftext|> lines", documents.read, looks=documents.looks),
    Format("text", (".txt",), "a text a line", text.read, text.write, text.looks),
    Format("whole", (), "a file as one text", whole.read),
    Format("parallel", (), "files that go line by line together: train.en,train.de", parallel.read),
)
FORMATS: dict[str, Format] = {format.name: format for format in _TABLE}
PLAIN = frozenset({"labelled", "documents", "text"})
"""The formats that nearly any file could be of: never taken where another one fits, nor one of them where several do."""


def rows(path: Path | str, format: str | None = None, known: frozenset[str] = frozenset()) -> Iterator[Row]:
    """The rows of a file, as they are read; memory does not grow with the file except for `json`.

    `path` may be `-` (standard input), a gzip'd file, or several files with commas between (`parallel`). `known` holds the column
    names that the caller looks for, in lower case (`mapping.known_names`): by them a header is told from data. Raises
    `InputError` for a format that is unknown or cannot be told, and at the first row that cannot be read.
    """
    with Source(path, known) as source:
        found = _named(format) if format else detect(source)
        folder = None if source.path == STDIN else Path(source.path).parent
        yield from (replace(row, folder=row.folder or folder) for row in found.read(source))


def _named(format: str) -> Format:
    if format not in FORMATS:
        raise InputError(f"there is no format {format!r}. There are: {', '.join(FORMATS)}")
    return FORMATS[format]


def _suffix(path: str) -> str:
    return Path(path.lower().removesuffix(".gz")).suffix


def detect(source: Source) -> Format:
    """The format that a file's suffix and first lines show. Raises `InputError` with the candidates where there are several."""
    if "," in source.path and not os.path.exists(source.path):  # noqa: PTH110 (Path raises where a name is too long)
        return FORMATS["parallel"]
    if pictures.is_one(source.path) and not collection.has_documents(source.path):
        return FORMATS["pictures"]
    if collection.is_one(source.path):
        return FORMATS["collection"]
    by_suffix = [format for format in FORMATS.values() if _suffix(source.path) in format.suffixes]
    if len(by_suffix) == 1:
        return by_suffix[0]
    lines = source.head()
    if not lines:
        return FORMATS["text"]  # nothing is nothing in any format
    fit = [format for format in by_suffix or FORMATS.values() if format.looks(lines, source.known)]
    sure = [format for format in fit if format.name not in PLAIN]
    usual = [format for format in by_suffix[-1:] if format.name not in PLAIN]
    found = sure[:1] or fit or usual
    if len(found) == 1:
        return found[0]
    candidates = found or by_suffix or list(FORMATS.values())
    could = "; ".join(f"{format.name} ({format.what})" for format in candidates)
    raise InputError(f"{source.name}: which format is it? It could be {could}. Say so: --format {candidates[0].name}")


def write(path: Path | str, rows: Iterable[Mapping[str, Any]], format: str | None = None) -> None:
    """Writes rows as they come, in the format named or that of the suffix (JSON lines to standard output, `-`).

    The file appears when all are written. Raises `InputError` for a format that is not written and a value that it cannot hold.
    """
    chosen = _named(format) if format else _written(path)
    if chosen.write is None:
        able = ", ".join(found.name for found in FORMATS.values() if found.write)
        raise InputError(f"{chosen.name} is read but not written. Written are: {able}")
    with output(path) as stream:
        for number, piece in enumerate(chosen.write(rows)):
            try:
                # A reader takes one byte-order mark off the start of a file. A text's own must not be that one.
                stream.write(BOM + piece if number == 0 and piece.startswith(BOM) else piece)
            except UnicodeEncodeError:
                raise InputError(f"half of a surrogate pair (U+D800 to U+DFFF) cannot be written: {piece[:60]!r}") from None
            if str(path) == STDIN:
                stream.flush()


def _written(path: Path | str) -> Format:
    able = [format for format in FORMATS.values() if format.write]
    fit = [format for format in able if (".jsonl" if str(path) == STDIN else _suffix(str(path))) in format.suffixes]
    if not fit:
        suffixes = ", ".join(dict.fromkeys(suffix for format in able for suffix in format.suffixes))
        raise InputError(f"{path}: what to write cannot be told from the name. Use one of {suffixes}, or --format.")
    return fit[-1]
