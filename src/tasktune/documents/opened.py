"""An open file that is read as a document, whether it lies in a folder or in an archive, and how much it may give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import SEEK_END, BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO

from tasktune.core import Lost
from tasktune.documents.document import Document, UnreadableError
from tasktune.documents.names import HIDDEN, printable

FIRST = 1 << 16
"""Bytes that a look at a file is given."""
_LARGEST, _SPARE = 1 << 26, 1 << 22
"""Bytes of one part of a packed file, at most (that is much more text than any book has), and bytes that any part may have."""
_PACKED = 100
"""How many times as large as it is packed a part may become. Texts shrink to a fifth, logs to a fiftieth, bombs to less."""
_DEEPEST = 3
_LONGEST_NAME = 2000
"""Bytes of a source: no folder has longer ones, and no index of a database takes them."""


@dataclass(slots=True)
class Allowance:
    """How many bytes may still come out of a packed file and of those in it."""

    left: int

    @classmethod
    def of(cls, size: int) -> Allowance:
        """That of a file of so many bytes."""
        return cls(_LARGEST + _PACKED * size)

    def unpacked(self, stream: BinaryIO, packed: int) -> bytes:
        """All that a stream gives of so many packed bytes. Raises `UnreadableError` where it is more than it may be."""
        most = max(0, min(_LARGEST, self.left, _SPARE + _PACKED * packed))
        data = stream.read(most + 1) if self.left >= 0 else b"x"
        self.left -= len(data)
        if len(data) > most:
            raise UnreadableError("it unpacks to far more than its size, as bombs do")
        return data


@dataclass(frozen=True, slots=True)
class Opened:
    """A file: its `source`, its name, a stream that can be read anywhere, and in how many archives it lies.

    What of it cannot be read is noted in `lost`. `parse` reads a file that lies in this one. `step` is called after each page,
    paragraph or other part: only so long may one take.
    """

    source: str
    name: str
    stream: BinaryIO
    lost: Lost
    allowance: Allowance
    parse: Callable[[Opened], Iterator[Document]]
    step: Callable[[], None]
    depth: int = 0

    def head(self) -> bytes:
        """The first bytes."""
        self.stream.seek(0)
        head = self.stream.read(FIRST)
        self.stream.seek(0)
        return head

    def size(self) -> int:
        """How many bytes it has."""
        size = self.stream.seek(0, SEEK_END)
        self.stream.seek(0)
        return size

    def data(self) -> bytes:
        """All of it."""
        self.stream.seek(0)
        return self.stream.read()

    def part(self, name: object) -> str:
        """The source of a part of it."""
        return f"{self.source}#{name}"

    def inside(self, name: str, data: bytes, source: str = "") -> Iterator[Document]:
        """The documents of a file that lies in this one, where nothing is said, as `#name` of it. What is wrong with it is noted,
        and no more is lost than that file.

        Names lead nowhere: nothing is ever written under them. Those that would lead out of here are refused all the same.
        """
        source = source or self.part(printable(name))
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if ".." in parts or name.startswith(("/", "\\")) or name[1:3] in (":\\", ":/"):
            self.lost.add("a name that leads out of the archive", source)
        elif any(part.startswith(".") or part == "__MACOSX" for part in parts):
            self.lost.add(HIDDEN, source)
        elif len(source.encode()) > _LONGEST_NAME:
            self.lost.add(f"a name of more than {_LONGEST_NAME} bytes", source[:80])
        elif self.depth >= _DEEPEST:
            self.lost.add(f"an archive in more than {_DEEPEST} others", source)
        else:
            inner = replace(self, source=source, name=name, stream=BytesIO(data), depth=self.depth + 1)
            self.step()
            try:
                yield from self.parse(inner)
            except UnreadableError as why:
                self.lost.add(str(why), source)
