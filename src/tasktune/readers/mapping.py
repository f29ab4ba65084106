"""Which column of a file is which field of a record: what the user says with `--map field=column`, and what names suggest.

A column that begins with `=`, as in `--map field==value`, is none: all records have that value.

A column `completion`, as those who tune a model on prompts and completions have it, may end in the sign that ends a text for that
model (`<|endoftext|>`). The sign is no part of what is to be said, and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tasktune.core import InputError, Row

_END = re.compile(r"(?:\s*(?:<\|endoftext\|>|<\|im_end\|>|</s>))+\s*\Z")


def parse_mapping(pairs: Sequence[str]) -> dict[str, str]:
    """`["text=sentence", "answer=2"]` as a dict from field to column. Raises `InputError` for anything else."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not (field and equals and column):
            raise InputError(f"--map {pair}: give a field and a column: --map text=sentence, or --map text=1 without a header")
        if field in mapping:
            raise InputError(f"--map {pair}: {field} is mapped already, to {mapping[field]}. A field has one column.")
        mapping[field] = column
    return mapping


def known_names(names: Sequence[str], aliases: Mapping[str, Sequence[str]], mapping: Mapping[str, str]) -> frozenset[str]:
    """The column names that may mean something, in lower case: what `rows` needs to tell a header from a first row of data."""
    others = (alias for several in aliases.values() for alias in several)
    numberless = (column for column in mapping.values() if not column.isdecimal() and not is_value(column))
    return frozenset(name.lower() for name in (*names, *aliases, *others, *numberless))


def is_value(column: str) -> bool:
    """Whether what a mapping has in a column's place is the value of all records."""
    return column.startswith("=")


def mapped(row: Row, names: Sequence[str], aliases: Mapping[str, Sequence[str]], mapping: Mapping[str, str]) -> Row:
    """The row with its values under the names of the fields, the other columns after them as they are.

    A field takes the column that `mapping` gives it, else the one of its own name, else the first of its aliases that is there;
    upper and lower case are the same unless two columns differ in nothing else. A field with no column is left out. Raises
    `InputError` where `mapping` names a field or a column that does not exist.
    """
    fields = tuple(dict.fromkeys((*names, *aliases)))
    unknown = next((field for field in mapping if field not in fields), None)
    if unknown is not None:
        raise InputError(f"--map {unknown}={mapping[unknown]}: no field is called that. The fields are {', '.join(fields)}.")
    values, own = dict[str, Any](), dict[str, Any]()
    for field in fields:
        others = aliases.get(field, ())
        if is_value(mapping.get(field, "")):
            values[field] = mapping[field][1:]
            if there := [name for wanted in (field, *others) for name in _alike(row, wanted)]:
                own[field] = row.values[there[0]]
            continue
        column = _mapped_column(row, mapping, field) if field in mapping else _suggested_column(row, field, others)
        if column is not None:
            values[field] = _ended(row.values[column]) if column.lower() == "completion" else row.values[column]
    return replace(row, values={**values, **{name: value for name, value in row.values.items() if name not in values}}, own=own)


def _ended(completion: Any) -> Any:
    return _END.sub("", completion) if isinstance(completion, str) else completion


def _mapped_column(row: Row, mapping: Mapping[str, str], field: str) -> str:
    column = _column(row, mapping[field])
    if column is None:
        raise row.refuse(
            f"--map {field}={mapping[field]}: there is no column {mapping[field]!r}. The columns, with what is in them here: "
            f"{row.samples or 'none'}. For instance --map {field}={_quoted(next(iter(row.values), 'COLUMN'))}"
        )
    return column


def _suggested_column(row: Row, field: str, aliases: Sequence[str]) -> str | None:
    found = (_column(row, name) for name in (field, *aliases))
    return next((column for column in found if column is not None), None)


def _column(row: Row, wanted: str) -> str | None:
    alike = _alike(row, wanted)
    if len(alike) > 1:
        raise row.refuse(f"{wanted!r} could be any of the columns {', '.join(map(repr, alike))}. Say which with --map.")
    return alike[0] if alike else None


def _alike(row: Row, wanted: str) -> list[str]:
    """The column of a name, else those that differ from it in case alone."""
    return [wanted] if wanted in row.values else [name for name in row.values if name.lower() == wanted.lower()]


def _quoted(column: str) -> str:
    return f"'{column}'" if " " in column or "#" in column else column
