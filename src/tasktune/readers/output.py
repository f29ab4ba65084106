"""Where what is written goes: a file that appears, whole, under its name when all is done; or standard output.

Until then it is called `.NAME.part-…` and lies beside its place. When something goes wrong it is deleted, and what was there
before is untouched.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from tasktune.core import InputError
from tasktune.readers.source import STDIN as STDOUT
from tasktune.readers.source import UTF_8


@contextmanager
def output(path: Path | str, encoding: str = UTF_8) -> Iterator[TextIO]:
    """A text stream to `path` (`-`: standard output; `.gz`: compressed), to be used in a `with`.

    The file is there, complete, when the block ends well, and not at all when it does not. Pipes and devices (`/dev/stdout`) are
    written as they stand. Raises `InputError` where nothing can be written.
    """
    if str(path) == STDOUT:
        sys.stdout.flush()
        yield from _text(sys.stdout.buffer, encoding)
    else:
        with _file(Path(path)) as stream:
            yield from _text(stream, encoding)


def _text(stream: BinaryIO, encoding: str) -> Iterator[TextIO]:
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        yield text
        text.flush()
    finally:
        text.detach()


@contextmanager
def _file(path: Path) -> Iterator[BinaryIO]:
    target = Path(os.path.realpath(path))  # through a link: it stays one
    if target.is_dir():
        raise InputError(f"{path} is a folder. Give the name of a file in it.")
    if target.exists() and not target.is_file():
        with target.open("wb") as device:
            yield device
        return
    part = target.with_name(f".{target.name}.part-{os.urandom(4).hex()}")
    try:
        file = part.open("xb")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror} ({target.parent})") from None
    try:
        with file:
            yield from _compressed(file, target)
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _compressed(file: BinaryIO, target: Path) -> Iterator[BinaryIO]:
    if target.suffix != ".gz":
        yield file
        return
    with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
        yield cast(BinaryIO, packed)
