"""Archives: each file in them is read as if it lay there, in memory; nothing is unpacked anywhere."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import tarfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

from tasktune.documents.document import Document, UnreadableError
from tasktune.documents.names import printable
from tasktune.documents.opened import Opened
from tasktune.documents.packed import Packed

_SQUEEZED: Final[tuple[tuple[bytes, Any, tuple[str, ...]], ...]] = (
    (b"\x1f\x8b", gzip.open, (".gz", ".tgz")),
    (b"BZh", bz2.open, (".bz2", ".tbz2")),
    (b"\xfd7zXZ\0", lzma.open, (".xz", ".txz")),
)
_TAR_MARK = slice(257, 262)


def begins_tar(head: bytes) -> bool:
    """Whether it is a tar archive."""
    return head[_TAR_MARK] == b"ustar"


def begins_squeezed(head: bytes) -> bool:
    """Whether it is one file, or a tar archive, that is compressed."""
    return any(head.startswith(mark) for mark, _, _ in _SQUEEZED)


def zipped(file: Opened) -> Iterator[Document]:
    """The documents of the files in a ZIP, by name."""
    packed = Packed.of(file)
    for part in sorted(packed.archive.infolist(), key=lambda part: part.filename):
        if part.is_dir():
            continue
        source = file.part(printable(part.filename))
        if stat.S_ISLNK(part.external_attr >> 16):
            file.lost.add("a link in an archive", source)
            continue
        try:
            data = packed.part(part)
        except UnreadableError as why:
            file.lost.add(str(why), source)
        else:
            yield from file.inside(part.filename, data)


def tarred(file: Opened) -> Iterator[Document]:
    """The documents of the files in a tar archive, in its order."""
    try:
        with tarfile.open(fileobj=file.stream, mode="r:") as archive:
            for part in archive:
                source = file.part(printable(part.name))
                if part.isreg():
                    stream = archive.extractfile(part)
                    assert stream is not None
                    try:
                        data = file.allowance.unpacked(cast(BinaryIO, stream), part.size)
                    except UnreadableError as why:
                        file.lost.add(str(why), source)
                    else:
                        yield from file.inside(part.name.removeprefix("./"), data)
                elif not part.isdir():
                    file.lost.add("a link or device in an archive", source)
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise UnreadableError(f"a damaged archive ({error})") from None


def squeezed(file: Opened) -> Iterator[Document]:
    """The documents of a compressed file, which is called as it is."""
    head, size = file.head(), file.size()
    open_, suffixes = next((open_, suffixes) for mark, open_, suffixes in _SQUEEZED if head.startswith(mark))
    try:
        with open_(file.stream) as stream:
            data = file.allowance.unpacked(stream, size)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError) as error:
        raise UnreadableError(f"a damaged compressed file ({error})") from None
    name = file.name
    for suffix in suffixes:
        name = name.removesuffix(suffix)
    yield from file.inside(name, data, file.source)
