"""An open file that is read as a document, whether it lies in a folder or in an archive, and how much it may give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

from tasktune.core import Lost
from tasktune.documents.document import UnreadableError

FIRST = 1 << 16
"""Bytes that a look at a file is given."""
_LARGEST = 1 << 26
"""Bytes of one part of a packed file, at most: that is much more text than any book has."""
_PACKED = 200
"""How many times as large as it is a packed file may become; a bomb becomes a thousand and more times as large."""


@dataclass(slots=True)
class Allowance:
    """How many bytes may still come out of a packed file and of those in it."""

    left: int

    @classmethod
    def of(cls, size: int) -> Allowance:
        """That of a file of so many bytes."""
        return cls(_LARGEST + _PACKED * size)

    def unpacked(self, stream: BinaryIO, most: int = _LARGEST) -> bytes:
        """All that a stream gives. Raises `UnreadableError` where it is more than it may be."""
        most = min(most, self.left)
        data = stream.read(most + 1)
        self.left -= len(data)
        if len(data) > most:
            raise UnreadableError(f"it unpacks to more than {most} bytes, as bombs do")
        return data


@dataclass(frozen=True, slots=True)
class Opened:
    """A file: its `source`, a stream that can be read anywhere, how many bytes it has, and the archives that it lies in.

    What of it cannot be read is noted in `lost`.
    """

    source: str
    stream: BinaryIO
    size: int
    lost: Lost
    allowance: Allowance
    depth: int = 0
    name: str = field(default="")

    def head(self) -> bytes:
        """The first bytes."""
        self.stream.seek(0)
        head = self.stream.read(FIRST)
        self.stream.seek(0)
        return head

    def data(self) -> bytes:
        """All of it."""
        self.stream.seek(0)
        return self.stream.read()

    def part(self, name: object) -> str:
        """The source of a part of it."""
        return f"{self.source}#{name}"
