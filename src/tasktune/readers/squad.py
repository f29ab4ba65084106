"""SQuAD's JSON (Rajpurkar et al. 2016, 2018), which CMRC 2018 and XQuAD share: articles, their paragraphs, questions on each.

A row is a question: `id`, `question`, `context`, `answers` as a list of {text, answer_start}, with whatever else stands beside
the question (`is_impossible`, `plausible_answers`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tasktune.core import InputError, Row
from tasktune.readers.jsonl import DECODER
from tasktune.readers.source import Source

_OPENING = re.compile(r'\s*\{\s*("version"\s*:\s*"[^"]*"\s*,\s*)?"data"\s*:\s*\[')
_PARAGRAPHS = re.compile(r'"paragraphs"\s*:\s*\[')


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether this is one object with `data`, and `paragraphs` in it."""
    text = "\n".join(lines)
    return _OPENING.match(text) is not None and _PARAGRAPHS.search(text) is not None


def read(source: Source) -> Iterator[Row]:
    """A row a question. The file is held in memory. Raises `InputError` at the first part that is not as it should be."""
    text = source.text()
    try:
        whole = DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise source.refuse(error.lineno, f"not JSON at column {error.colno} ({error.msg})") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{source.name}: {error}") from None
    for here, article in _parts(source, whole, "data", ""):
        for there, paragraph in _parts(source, article, "paragraphs", here):
            context = _text(source, paragraph, "context", there)
            for where, question in _parts(source, paragraph, "qas", there):
                _text(source, question, "question", where)
                yield Row({**question, "context": context}, f"{source.name}:{where}")


def _parts(source: Source, given: Any, name: str, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects in the list `name` of an object, each with its path in the file."""
    path = f"{where}.{name}".removeprefix(".")
    parts = given.get(name) if isinstance(given, dict) else None
    if not isinstance(parts, list):
        raise InputError(f"{source.name}:{path}: a list must stand here, as in SQuAD's JSON, but there is {parts!r:.60}")
    for k, part in enumerate(parts):
        if not isinstance(part, dict):
            raise InputError(f"{source.name}:{path}[{k}]: an object must stand here, but there is {part!r:.60}")
        yield f"{path}[{k}]", part


def _text(source: Source, given: dict[str, Any], name: str, where: str) -> str:
    found = given.get(name)
    if not isinstance(found, str):
        raise InputError(f"{source.name}:{where}.{name}: a text must stand here, but there is {found!r:.60}")
    return found
