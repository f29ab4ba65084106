"""Entities and relations as Bekoulis et al. (2018) have them: a word a line, a `#doc` line before each text.

#doc 5121
0	John	B-Peop	['Live_In']	[3]
1	lives	O	['N']	[1]
2	in	O	['N']	[2]
3	Ohio	B-Loc	['N']	[3]

A line is the word's number, the word, its entity's tag, the relations in which it is the last word of the first entity, and the
numbers of the words with which the second entities end; `['N']` for none. CoNLL04 and DREC go about in this form.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from tasktune.core import Row
from tasktune.readers.source import Source, is_blank

DOC = "#doc"
_NONE = "N"
_COLUMNS = 5


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether lines are surely of this format: a `#doc` line first, and five columns, the fourth a list, below."""
    there = [line for line in lines if not is_blank(line)]
    cells = there[1].split("\t") if len(there) > 1 else []
    return there[:1] != [] and there[0].startswith(DOC) and len(cells) == _COLUMNS and cells[3].startswith("[")


def read(source: Source) -> Iterator[Row]:
    """A row a text: `id`, `words`, `tags`, and `relations` as [word, word, label], words by number.

    Raises `InputError` at the first line that is none of these.
    """
    values: dict[str, Any] | None = None
    start = 0
    for number, line in source.lines():
        if line.startswith(DOC) and "\t" not in line:
            if values:
                yield _row(source, start, values)
            values, start = {"id": line.removeprefix(DOC).strip(), "words": [], "tags": [], "relations": []}, number
        elif not is_blank(line):
            if values is None:
                raise source.refuse(number, f"the first line must be {DOC} and a name, but it is {line[:60]!r}")
            _add(source, number, line, values)
    if values:
        yield _row(source, start, values)


def _row(source: Source, start: int, values: dict[str, Any]) -> Row:
    if not values["words"]:
        raise source.refuse(start, "no words below. Delete the line, or give its words")
    outside = next((link for link in values["relations"] if not 0 <= link[1] < len(values["words"])), None)
    if outside is not None:
        raise source.refuse(start, f"word {outside[0]} is related to word {outside[1]}, but there are {len(values['words'])}")
    return Row(values, source.place(start))


def _add(source: Source, number: int, line: str, values: dict[str, Any]) -> None:
    """Add what a line says of its word."""
    cells, count = line.split("\t"), len(values["words"])
    if len(cells) != _COLUMNS or cells[0] != str(count) or not cells[1] or not cells[2]:
        raise source.refuse(
            number, f"the number {count}, a word, its tag, relations and heads must stand here, by tabs, not {line[:60]!r}"
        )
    try:
        labels, heads = (ast.literal_eval(cell) for cell in cells[3:])
        links = [[count, int(head), str(label)] for label, head in zip(labels, heads, strict=True) if label != _NONE]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise source.refuse(
            number, f"relations and heads must be lists of the same length, but are {cells[3]!r:.40} and {cells[4]!r:.40}"
        ) from None
    values["words"].append(cells[1])
    values["tags"].append(cells[2])
    values["relations"] += links
