"""JSON lines: one object a line.

Values keep the types that JSON gives them: "007" stays text and 7 a number. What JSON readers usually change in silence is
refused here: a name twice in one object (the first would be lost), NaN and Infinity (not JSON), numbers too large for a float
(they would become infinite), and lone surrogates (no character, and not to be written again).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tasktune.core import InputError, Row
from tasktune.readers.source import Source, is_blank


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} stands twice in one object")
    return values


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits} is too large for a number. Write it as text, in quotes")
    return number


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON. Write null or text")


DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_no_constant)
SPACE = re.compile(r"[ \t\r\n]*")
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def first_object(lines: list[str]) -> dict[str, Any] | None:
    """The first object of JSON lines or of a JSON list that starts with these lines; `None` where it is not all there."""
    text = "\n".join(lines)
    start = SPACE.match(text)
    position = start.end() if start else 0
    if text[position : position + 1] == "[":
        inside = SPACE.match(text, position + 1)
        position = inside.end() if inside else position
    if text[position : position + 1] != "{":
        return None
    try:
        return dict(DECODER.raw_decode(text, position)[0])
    except (ValueError, RecursionError):
        return None


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether the first line that is not blank is a JSON object."""
    first = next((line for line in lines if not is_blank(line)), "")
    return not first.lstrip(" \t").startswith("[") and first_object([first]) is not None


def checked(source: Source, line: int, value: Any, spelled: str) -> Row:
    """The row of a decoded value. Raises `InputError` where it is no object, or holds what is no character."""
    if not isinstance(value, dict):
        raise source.refuse(line, f"a JSON object {{…}} must stand here, but it is {spelled.strip()[:60]!r}")
    if SURROGATE.search(spelled):
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise source.refuse(line, "half of a surrogate pair (\\ud800 to \\udfff) alone is no character") from None
    return Row(value, source.place(line))


def read(source: Source) -> Iterator[Row]:
    """A row a line. Blank lines are passed over. Raises `InputError` at the first line that is not one JSON object."""
    for number, line in source.lines():
        if is_blank(line):
            continue
        try:
            value, end = DECODER.raw_decode(line, len(line) - len(line.lstrip(" \t\r")))
        except json.JSONDecodeError as error:
            raise source.refuse(number, f"not JSON at column {error.colno} ({error.msg}): {line[:60]!r}") from None
        except (ValueError, RecursionError) as error:
            raise source.refuse(number, str(error)) from None
        if line[end:].strip(" \t\r"):
            raise source.refuse(number, f"one object a line, but at column {end + 1} there is more: {line[end : end + 60]!r}")
        yield checked(source, number, value, line)


def write(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A line an object. Raises `InputError` for what JSON cannot say."""
    for number, row in enumerate(rows, 1):
        try:
            yield json.dumps(dict(row), ensure_ascii=False, allow_nan=False) + "\n"
        except (TypeError, ValueError) as error:
            raise InputError(f"record {number} cannot be written as JSON: {error}") from None
