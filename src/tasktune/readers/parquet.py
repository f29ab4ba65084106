"""Parquet, read in batches by pyarrow (the extra `tasktune[parquet]`)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO

from tasktune.core import InputError, Row
from tasktune.readers.source import STDIN, Source


def read(source: Source) -> Iterator[Row]:
    """A row a record, with the types that the file gives. Places are record numbers. Raises `InputError` without pyarrow."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError(f"{source.name}: Parquet needs pyarrow, which is not there: pip install 'tasktune[parquet]'") from None
    try:
        file = pyarrow.parquet.ParquetFile(BytesIO(source.stream.read()) if source.path == STDIN else source.stream)
        names = file.schema_arrow.names
        if len(set(names)) < len(names):
            raise InputError(f"{source.name}: two columns have the same name: {', '.join(names)}. Give every column its own.")
        number = 0
        for batch in file.iter_batches(batch_size=1024):
            for values in batch.to_pylist():
                number += 1
                yield Row(values, source.place(number))
    except (pyarrow.ArrowException, OSError, EOFError, zlib.error) as error:
        raise InputError(f"{source.name}: not a whole Parquet file ({error})") from None
