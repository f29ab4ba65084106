"""CoNLL-U: Universal Dependencies' ten columns, with comments, multiword ranges and empty nodes.

Format: https://universaldependencies.org/format.html. What a task works on are the basic words (IDs 1, 2, 3 …). Ranges (`3-4`)
and empty nodes (`8.1`) are set aside under `multiword` and `empty` with all their columns, so that nothing is lost and `write`
gives the file back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tasktune.core import InputError, Row
from tasktune.readers.source import Source

COLUMNS = ("words", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
"""What the columns after ID are called in a row: FORM, LEMMA, UPOS, XPOS, FEATS, HEAD, DEPREL, DEPS and MISC."""

WORD, RANGE, EMPTY = re.compile(r"[1-9]\d*"), re.compile(r"[1-9]\d*-[1-9]\d*"), re.compile(r"\d+\.[1-9]\d*")
HEAD = COLUMNS.index("head") + 1
Line = tuple[int, list[str]]


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether lines are surely CoNLL-U: the first that is no comment has ten columns and the ID of a first token."""
    first = next((line.split("\t") for line in lines if line and not line.startswith("#")), [])
    return len(first) == len(COLUMNS) + 1 and bool(re.match(r"1(-\d+)?\Z|0\.1\Z", first[0]))


def read(source: Source) -> Iterator[Row]:
    """A row a sentence: the `COLUMNS` as lists (`head` as numbers, `None` for "_"), `text`, `id` (its sent_id), `space_after`
    (a bool a word), `comments`, `multiword`, `empty`. Raises `InputError` at the first malformed line.
    """
    comments: list[str] = []
    tokens: list[Line] = []
    number = 0
    for number, line in source.lines():
        if not line:
            if comments and not tokens:
                raise source.refuse(number, "the comments above belong to no token. Delete them or this empty line.")
            if tokens:
                yield _row(source, comments, tokens)
            comments, tokens = [], []
        elif line.startswith("#") and not tokens:
            comments.append(line)
        else:
            tokens.append((number, _cells(source, number, line)))
    if comments and not tokens:
        raise source.refuse(number, "the file ends after comments, before any token of theirs. It may have been cut off.")
    if tokens:
        yield _row(source, comments, tokens)


def _cells(source: Source, number: int, line: str) -> list[str]:
    cells = line.split("\t")
    if len(cells) != len(COLUMNS) + 1:
        raise source.refuse(
            number,
            f"{len(cells)} columns parted by tabs where CoNLL-U has 10: {line[:60]!r}. For other columns use the format conll.",
        )
    if "" in cells:
        raise source.refuse(number, f'column {cells.index("") + 1} is empty. CoNLL-U writes "_" where there is nothing.')
    return cells


def _row(source: Source, comments: list[str], tokens: list[Line]) -> Row:
    words = [token for token in tokens if WORD.fullmatch(token[1][0])]
    ranges = [token for token in tokens if RANGE.fullmatch(token[1][0])]
    _check_ids(source, tokens, len(words))
    first = source.place(tokens[0][0])
    if not words:
        raise InputError(f"{first}: a sentence of empty nodes alone. Give it words.")
    heads = [_head(source, number, cells[HEAD], len(words)) for number, cells in words]
    columns: dict[str, list[Any]] = {name: [cells[i] for _, cells in words] for i, name in enumerate(COLUMNS, 1)}
    named = _named(comments)
    values: dict[str, Any] = {
        **columns,
        "head": heads,
        "space_after": _space_after(columns["misc"], [cells for _, cells in ranges]),
        "text": named.get("text") or _surface(columns, [cells for _, cells in ranges]),
        "id": named.get("sent_id", ""),
        "comments": comments,
        "multiword": [cells for _, cells in ranges],
        "empty": [cells for _, cells in tokens if EMPTY.fullmatch(cells[0])],
    }
    return Row(values, first)


def _check_ids(source: Source, tokens: list[Line], words: int) -> None:
    """Words count from 1; a range stands before its first word and covers words there are; empty nodes count behind a word."""
    seen, covered, empty = 0, 0, 0
    for number, cells in tokens:
        token = cells[0]
        if WORD.fullmatch(token) and int(token) == seen + 1:
            seen, empty = seen + 1, 0
        elif RANGE.fullmatch(token) and covered < (first := int(token.split("-")[0])) == seen + 1:
            covered = int(token.split("-")[1])
            if not first <= covered <= words:
                raise source.refuse(number, f"the range {token} does not fit a sentence of {words} words.")
        elif EMPTY.fullmatch(token) and token == f"{seen}.{empty + 1}":
            empty += 1
        else:
            raise source.refuse(number, f"the ID is {token!r} where {seen + 1}, {seen + 1}-N or {seen}.{empty + 1} can stand.")


def _head(source: Source, number: int, head: str, words: int) -> int | None:
    if head == "_":
        return None
    if not re.fullmatch(r"\d+", head) or int(head) > words:
        raise source.refuse(number, f'the head is {head!r}. It is a number from 0 (the root) to {words}, or "_" where unknown.')
    return int(head)


def _named(comments: list[str]) -> dict[str, str]:
    pairs = (re.fullmatch(r"# ?(text|sent_id) ?= ?(.*)", comment, re.DOTALL) for comment in comments)
    return {pair[1]: pair[2] for pair in pairs if pair}


def _spaced(misc: str) -> bool:
    return "SpaceAfter=No" not in misc.split("|")


def _bounds(cells: list[str]) -> tuple[int, int]:
    first, last = cells[0].split("-")
    return int(first), int(last)


def _space_after(misc: list[str], ranges: list[list[str]]) -> list[bool]:
    """Whether a space follows each word in the text. The words of a range touch, and what its line says holds for its last."""
    spaces = [_spaced(item) for item in misc]
    for cells in ranges:
        first, last = _bounds(cells)
        spaces[first - 1 : last] = [False] * (last - first) + [_spaced(cells[-1])]
    return spaces


def _surface(columns: Mapping[str, list[str]], ranges: list[list[str]]) -> str:
    """The text of a sentence that has no `# text` line: its surface tokens, each with the space after it."""
    inside = {_bounds(cells)[0]: cells for cells in ranges}
    parts: list[str] = []
    position = 1
    while position <= len(columns["words"]):
        cells = inside.get(position)
        form, misc = (cells[1], cells[-1]) if cells else (columns["words"][position - 1], columns["misc"][position - 1])
        parts.append(form + (" " if _spaced(misc) else ""))
        position = _bounds(cells)[1] + 1 if cells else position + 1
    return "".join(parts).removesuffix(" ")


def write(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Sentences as `read` gives them; a column that a row lacks is "_". Raises `InputError` where a value cannot be written."""
    for number, row in enumerate(rows, 1):
        yield "".join(f"{line}\n" for line in _sentence(number, row)) + "\n"


def _sentence(number: int, row: Mapping[str, Any]) -> Iterator[str]:
    count = len(row["words"])
    blank = ["_"] * count
    columns = [row.get(name, blank) for name in COLUMNS]
    if not count or any(len(column) != count for column in columns):
        raise InputError(f"record {number}: {count} words, but columns of {[len(column) for column in columns]} items")
    before: dict[int, list[list[str]]] = {}
    for cells in row.get("multiword", ()):
        before.setdefault(_bounds(cells)[0], []).append(cells)
    after: dict[int, list[list[str]]] = {}
    for cells in row.get("empty", ()):
        after.setdefault(int(cells[0].split(".")[0]), []).append(cells)
    yield from (_comment(number, comment) for comment in row.get("comments", ()))
    yield from (_line(number, cells) for cells in after.get(0, ()))
    for position, cells in enumerate(zip(*columns, strict=True), 1):
        yield from (_line(number, spanning) for spanning in before.get(position, ()))
        yield _line(number, [str(position), *("_" if cell is None else str(cell) for cell in cells)])
        yield from (_line(number, node) for node in after.get(position, ()))


def _comment(number: int, comment: str) -> str:
    if not comment.startswith("#") or re.search(r"[\n\0]|\r\Z", comment):
        raise InputError(f'record {number}: {comment!r} cannot be a comment line. It starts with "#" and is one line.')
    return comment


def _line(number: int, cells: list[str]) -> str:
    wrong = next((cell for cell in cells if not cell or re.search(r"[\t\n\0]|\r\Z", cell)), None)
    if wrong is not None:
        raise InputError(f"record {number}: {wrong!r} cannot be a column of a CoNLL-U file. Write .jsonl instead.")
    return "\t".join(cells)
