"""A JSON list of objects, each read under the rules of JSON lines (`tasktune.readers.jsonl`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tasktune.core import InputError, Row
from tasktune.readers.jsonl import DECODER, SPACE, checked, first_object
from tasktune.readers.source import Source


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether this is a list of objects."""
    return re.match(r"\s*\[\s*(\{|\]|\Z)", "\n".join(lines)) is not None


def read(source: Source) -> Iterator[Row]:
    """A row an object of the list. The file is held in memory. Raises `InputError` at the first fault."""
    text = source.text()
    position = _skip(text, 0)
    if text[position : position + 1] != "[":
        raise _no_list(source, text)
    position = _skip(text, position + 1)
    line, counted = 1, 0
    more = text[position : position + 1] != "]"
    while more:
        line, counted = line + text.count("\n", counted, position), position
        value, end = _decoded(source, text, position)
        yield checked(source, line, value, text[position:end])
        position = _skip(text, end)
        more = text[position : position + 1] == ","
        if not more and text[position : position + 1] != "]":
            raise source.refuse(_line(text, position), f'"," or "]" must stand before {text[position : position + 60]!r}')
        position = _skip(text, position + 1) if more else position
    if _skip(text, position + 1) < len(text):
        raise source.refuse(_line(text, position), f"more after the end of the list: {text[position + 1 :].strip()[:60]!r}")


def _decoded(source: Source, text: str, position: int) -> tuple[Any, int]:
    try:
        return DECODER.raw_decode(text, position)
    except json.JSONDecodeError as error:
        at = error.pos
        raise source.refuse(_line(text, at), f"not JSON ({error.msg}): {text[at : at + 60]!r}") from None
    except (ValueError, RecursionError) as error:
        raise source.refuse(_line(text, position), str(error)) from None


def _line(text: str, position: int) -> int:
    return 1 + text.count("\n", 0, position)


def _skip(text: str, position: int) -> int:
    found = SPACE.match(text, position)
    return found.end() if found else position


def _no_list(source: Source, text: str) -> InputError:
    first = first_object([text])
    if first is None:
        return source.refuse(1, f"a JSON list of objects must stand here, but it starts {text[:60]!r}")
    return source.refuse(
        1, f"a single object with {', '.join(map(repr, first))}, where a list of objects is wanted. Write its records as a list."
    )
