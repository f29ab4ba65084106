"""A JSON list of lists, each a row, whose columns are called "1", "2" … as those of a table without a header are (easy-VQA)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tasktune.core import Row
from tasktune.readers import jsonl
from tasktune.readers.source import Source

_OPENING = re.compile(r"\s*\[\s*\[")


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether this is a list whose first item is a list."""
    return _OPENING.match("\n".join(lines)) is not None


def read(source: Source) -> Iterator[Row]:
    """A row a list. The file is held in memory. Raises `InputError` at the first item that is none, or of another length."""
    try:
        listed = jsonl.DECODER.decode(source.text())
    except json.JSONDecodeError as error:
        raise source.refuse(error.lineno, f"not JSON at column {error.colno} ({error.msg})") from None
    except (ValueError, RecursionError) as error:
        raise source.refuse(1, str(error)) from None
    if not isinstance(listed, list):
        raise source.refuse(1, f"a list of lists must stand here, but there is {listed!r:.60}")
    for k, cells in enumerate(listed):
        where = f"{source.name}[{k}]"
        if not isinstance(cells, list) or len(cells) != len(listed[0]):
            raise Row({}, where).refuse(f"a list must stand here, as long as the first, but there is {cells!r:.60}")
        yield Row({str(number): cell for number, cell in enumerate(cells, 1)}, where)
