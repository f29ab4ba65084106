"""BIG-bench's JSON, which BIG-bench Hard shares (Suzgun et al. 2022): one object with a task's `examples`, and remarks on it.

A row is an example, as a rule an `input` and its `target`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tasktune.core import Row
from tasktune.readers import jsonl
from tasktune.readers.source import Source, is_blank

_OPENING = re.compile(r'\s*\{\s*("\w+"\s*:\s*"(?:[^"\\]|\\.)*"\s*,\s*)*"examples"\s*:\s*\[')


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether this is one object with `examples`, before which there are only texts, and not one such a line."""
    several = sum(not is_blank(line) for line in lines) > 1 and jsonl.looks(lines, known)
    return not several and _OPENING.match("\n".join(lines)) is not None


def read(source: Source) -> Iterator[Row]:
    """A row an example. The file is held in memory. Raises `InputError` at the first part that is not as it should be."""
    try:
        whole = jsonl.DECODER.decode(source.text())
    except json.JSONDecodeError as error:
        raise source.refuse(error.lineno, f"not JSON at column {error.colno} ({error.msg})") from None
    except (ValueError, RecursionError) as error:
        raise source.refuse(1, str(error)) from None
    examples = whole.get("examples") if isinstance(whole, dict) else None
    if not isinstance(examples, list):
        raise source.refuse(1, f"an object with a list of 'examples' must stand here, but there is {examples!r:.60}")
    for k, example in enumerate(examples):
        where = f"{source.name}:examples[{k}]"
        if not isinstance(example, dict):
            raise Row({}, where).refuse(f"an object must stand here, but there is {example!r:.60}")
        yield Row(example, where)
