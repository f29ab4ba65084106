"""Parquet, read in batches by pyarrow (the extra `tasktune[parquet]`), from start to end or piece by piece.

A piece is what one worker of many reads by itself: some rows of one row group, so that no two workers read the same row.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from tasktune.core import InputError, Row
from tasktune.readers.source import STDIN, Source

_BATCH = 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows `start` to `stop` (end excluded, from 0) of the row group `group`, before which the file has `before` rows."""

    path: str
    group: int
    before: int
    start: int
    stop: int


def read(source: Source) -> Iterator[Row]:
    """A row a record, with the types that the file gives. Places are record numbers. Raises `InputError` without pyarrow."""
    with _opened(source.name, BytesIO(source.stream.read()) if source.path == STDIN else source.stream) as file:
        for number, values in enumerate(_values(file.iter_batches(batch_size=_BATCH)), 1):
            yield Row(values, source.place(number))


def pieces(path: Path, size: int) -> Iterator[Piece]:
    """All rows of a file in their order, `size` or fewer at a time. Raises `InputError` as `read` does."""
    with Source(path) as source, _opened(source.name, source.stream) as file:
        before = 0
        for group in range(file.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            for start in range(0, rows, size):
                yield Piece(str(path), group, before, start, min(start + size, rows))
            before += rows


def read_piece(piece: Piece) -> Iterator[Row]:
    """The rows of a piece, each with its place in the file. Raises `InputError` as `read` does."""
    with Source(piece.path) as source, _opened(source.name, source.stream) as file:
        values = _values(file.iter_batches(batch_size=_BATCH, row_groups=[piece.group]))
        for number, found in enumerate(islice(values, piece.start, piece.stop), piece.before + piece.start + 1):
            yield Row(found, source.place(number))


@contextmanager
def _opened(name: str, stream: BinaryIO) -> Iterator[Any]:
    """The file in pyarrow's hands. What is wrong with it, now or while it is read, is an `InputError`."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError(f"{name}: Parquet needs pyarrow, which is not there: pip install 'tasktune[parquet]'") from None
    try:
        file = pyarrow.parquet.ParquetFile(stream)
        names = file.schema_arrow.names
        if len(set(names)) < len(names):
            raise InputError(f"{name}: two columns have the same name: {', '.join(names)}. Give every column its own.")
        yield file
    except (pyarrow.ArrowException, OSError, EOFError, zlib.error) as error:
        raise InputError(f"{name}: not a whole Parquet file ({error})") from None


def _values(batches: Iterator[Any]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        yield from batch.to_pylist()
