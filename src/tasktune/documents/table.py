"""CSV, TSV, JSON lines and JSON lists: a document a row.

A row with a column of text (`text`, `content`, `body` …) says that; of any other, all columns are lines `name: value`. The rest
are metadata: numbers and truth values as such, so that one can filter by them, lists and objects as JSON.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from io import TextIOWrapper
from itertools import accumulate
from math import isfinite
from typing import Any

from tasktune.documents.document import Document
from tasktune.documents.encodings import decoded, encoding
from tasktune.documents.opened import Opened
from tasktune.passages import Value

_TEXT = ("text", "content", "contents", "body", "passage", "document", "article", "paragraph", "abstract")
_TITLE = ("title", "headline", "heading", "subject")
_WHOLE = re.compile(r"0|-?[1-9]\d{0,17}")
_FRACTION = re.compile(r"-?(?:0|[1-9]\d{0,15})\.\d{1,15}")
_LONGEST_CELL, _LONGEST_LINE, _LONGEST_VALUE = 1 << 24, 1 << 26, 200

Rows = Iterator[tuple[int, Mapping[str, Any]]]


def commas(file: Opened) -> Iterator[Document]:
    """A document a row of a CSV file; `;`, `|` or a tab may part its cells too. The first row names the columns."""
    return _documents(file, _cells(file, ",;|\t"))


def tabs(file: Opened) -> Iterator[Document]:
    """A document a row of a TSV file."""
    return _documents(file, _cells(file, "\t"))


def lines(file: Opened) -> Iterator[Document]:
    """A document a line of JSON lines. A line that is none is noted."""
    return _documents(file, _objects(file))


def whole(file: Opened) -> Iterator[Document]:
    """A document an object of a JSON list; other JSON is a text as it stands."""
    text = decoded(file.data())
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, list) and found and all(isinstance(row, dict) for row in found):
        yield from _documents(file, enumerate(found, 1))
    elif found is None and text.lstrip().startswith("{"):
        yield from lines(file)
    else:
        yield Document(file.source, "", text, verbatim=((0, len(text)),))


def _cells(file: Opened, delimiters: str) -> Rows:
    csv.field_size_limit(_LONGEST_CELL)
    stream = _text(file)
    header = stream.readline()
    stream.seek(0)
    delimiter = max(delimiters, key=lambda one: (header.count(one), -delimiters.index(one)))
    rows = csv.reader(stream, delimiter=delimiter, strict=True)
    names: list[str] = []
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows, None)
        except csv.Error as error:
            file.lost.add(f"a damaged row of a table ({error})"[:120], file.part(number))
            continue
        if cells is None:
            break
        if not names:
            names = [cell.strip().lstrip("\ufeff") or str(k) for k, cell in enumerate(cells, 1)]
            number = 0
        elif len(cells) > len(names):
            file.lost.add("a row with more cells than there are columns", file.part(number))
        elif any(cells):
            yield number, {name: _typed(cell) for name, cell in zip(names, cells, strict=False)}
    if number <= 1:
        file.lost.add("a table that has no rows below its header", file.source)


def _objects(file: Opened) -> Rows:
    stream = _text(file)
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        if not line.strip():
            continue
        try:
            row = json.loads(line.removeprefix("\ufeff"))
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            yield number, row
        else:
            file.lost.add("a line that is no JSON object", file.part(number))


def _text(file: Opened) -> TextIOWrapper:
    return TextIOWrapper(file.stream, encoding(file.head()), newline="")  # its lines may have line breaks in them


def _typed(cell: str) -> Value:
    """A number where the cell is one as one writes it: "007" and "1e5" are texts."""
    return int(cell) if _WHOLE.fullmatch(cell) else float(cell) if _FRACTION.fullmatch(cell) else cell


def _documents(file: Opened, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> Iterator[Document]:
    for number, row in rows:
        values = {str(name): value for name, value in row.items() if value is not None and value != ""}
        lower = {name.lower(): name for name in reversed(values)}
        said = next((lower[name] for name in _TEXT if isinstance(values.get(lower.get(name, "")), str)), None)
        called = next((lower[name] for name in _TITLE if name in lower), None)
        title = " ".join(str(values[called]).split()) if called else ""
        if said is not None:
            text, rest = values[said], {name: value for name, value in values.items() if name not in (said, called)}
            yield Document(file.part(number), title, text, metadata={name: _value(value) for name, value in rest.items()})
        elif values:
            written = [f"{name}: {_value(value)}" for name, value in values.items()]
            starts = (0, *accumulate(len(line) + 1 for line in written[:-1]))
            short = {name: _value(value) for name, value in values.items() if len(str(_value(value))) <= _LONGEST_VALUE}
            yield Document(file.part(number), title, "\n".join(written), breaks=starts, metadata=short)


def _value(value: Any) -> Value:
    """What metadata can hold: JSON lines may have numbers that JSON has not (NaN, Infinity), which become texts."""
    is_known = isinstance(value, str | int | bool) or (isinstance(value, float) and isfinite(value))
    return value if is_known else json.dumps(value, ensure_ascii=False)
