"""Files that go line by line together, given with commas between: `train.en,train.de`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path

from tasktune.core import InputError, Row
from tasktune.readers.source import Source


def read(source: Source) -> Iterator[Row]:
    """A row for each line. Raises `InputError`, with all counts, where the files have not the same number of lines.

    Columns are called by what tells the files apart: their suffixes (`en`, `de`), else their names (`sentences`, `tags`), else
    "1", "2" …
    """
    paths = source.path.split(",")
    if len(paths) < 2:
        raise InputError(f"{source.path}: parallel text is two files or more, written with commas between: train.en,train.de")
    names = _told_apart(paths)
    with ExitStack() as stack:
        parts = [stack.enter_context(Source(path)) for path in paths]
        counts = [0] * len(parts)
        for number, lines in enumerate(zip_longest(*(part.lines() for part in parts)), 1):
            counts = [count + (line is not None) for count, line in zip(counts, lines, strict=True)]
            if None not in lines:
                yield Row(dict(zip(names, (text for _, text in lines), strict=True)), parts[0].place(number))
    if len(set(counts)) > 1:
        each = ", ".join(f"{path} has {count} lines" for path, count in zip(paths, counts, strict=True))
        raise InputError(f"{each}. Parallel files must have the same number: find where they part, and add or delete the line.")


def _told_apart(paths: list[str]) -> list[str]:
    bare = [Path(path.removesuffix(".gz")) for path in paths]
    for names in ([path.suffix[1:] for path in bare], [path.stem for path in bare]):
        if all(names) and len({name.lower() for name in names}) == len(names):
            return names
    return [str(number) for number in range(1, len(paths) + 1)]
