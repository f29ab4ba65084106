"""What is read: a file, a gzip'd file or standard input, as numbered lines of text.

Every text format reads through `Source`, so that one place decides what a line and a character are:

- The encoding is UTF-8, or the one that the file names, where its format has a place for that (PO). A byte-order mark at the very
  start is dropped, any other is text. What is not in the encoding, and any NUL, is refused with its place and what to do.
- A line ends at LF or CR LF and nowhere else. Lone CR, U+0085, U+2028, vertical tabs and their like are characters of the text,
  which is why `str.splitlines` is not used here.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from tasktune.core import InputError

STDIN = "-"
HEAD_BYTES = 1 << 16
GZIP_MAGIC = b"\x1f\x8b"
BOM = "\ufeff"
UTF_8 = "utf-8"


class Source:
    """A file or standard input (`-`), read once from start to end. `known`: column names the caller looks for, in lower case."""

    def __init__(self, path: Path | str, known: frozenset[str] = frozenset(), encoding: str = UTF_8) -> None:
        self.path = str(path)
        self.known = known
        self.encoding = encoding
        self.name = "<stdin>" if self.path == STDIN else self.path
        self._ahead: list[bytes] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._open.close()

    @cached_property
    def stream(self) -> BinaryIO:
        """The bytes, decompressed. Raises `InputError` where the file cannot be opened."""
        if self.path == STDIN:
            if sys.stdin is None:  # a shell's <&-
                raise InputError("<stdin>: standard input is closed; name a file instead of -, or give something to read there")
            return sys.stdin.buffer
        try:
            file = self._open.enter_context(Path(self.path).open("rb"))  # noqa: SIM115 (closed by __exit__)
            compressed = file.peek(2)[:2] == GZIP_MAGIC
        except OSError as error:
            raise self._unopened(error) from None
        return cast(BinaryIO, self._open.enter_context(gzip.GzipFile(fileobj=file))) if compressed else file

    def _unopened(self, error: OSError) -> InputError:
        folder = Path(self.path).parent
        beside = sorted(entry.name for entry in folder.iterdir() if entry.is_file()) if folder.is_dir() else []
        there = f" In {folder} there are: {', '.join(beside[:8])}{', …' if beside[8:] else ''}." if beside else ""
        return InputError(f"{self.path}: {error.strerror or error}.{there} (A text itself goes in by way of -, or in a list.)")

    def head(self) -> list[str]:
        """The first lines, whole and without their ends, about 64 KiB of them. They are still to be read."""
        return [_without_end(self._decoded(raw, number)) for number, raw in enumerate(self.raw_head(), 1)]

    def raw_head(self) -> list[bytes]:
        """The same as they stand, with their ends."""
        if not self._ahead:
            try:
                self._ahead = self.stream.readlines(HEAD_BYTES)
            except (OSError, EOFError, zlib.error) as error:
                raise self._broken(error) from None
        return self._ahead

    def pieces(self) -> Iterator[tuple[int, str]]:
        """Every line with its end, numbered from 1. Raises `InputError` at the first byte that is no text in the encoding."""
        for number, raw in enumerate(self._raw_lines(), 1):
            yield number, self._decoded(raw, number)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Every line without its end, numbered from 1. Raises `InputError` as `pieces`, and where all lines end in CR alone."""
        for number, piece in self.pieces():
            if number == 1 and "\r" in piece and not piece.endswith("\n"):
                raise InputError(
                    f"{self.name}:1: the file has carriage returns but no line feed, so its lines cannot be told from CRs in the "
                    f"text. Convert it: tr '\\r' '\\n' < {self.path} > NEW"
                )
            yield number, _without_end(piece)

    def text(self) -> str:
        """All of it."""
        return "".join(piece for _, piece in self.pieces())

    def place(self, line: int) -> str:
        """How a line of this source is named in messages."""
        return f"{self.name}:{line}"

    def refuse(self, line: int, why: str) -> InputError:
        """The error to raise about a line."""
        return InputError(f"{self.place(line)}: {why}")

    def _raw_lines(self) -> Iterator[bytes]:
        yield from self._ahead
        try:
            yield from self.stream
        except (OSError, EOFError, zlib.error) as error:
            raise self._broken(error) from None

    def _broken(self, error: Exception) -> InputError:
        return InputError(f"{self.name}: cannot be read to its end ({error}). Fetch or compress it again.")

    def _decoded(self, raw: bytes, number: int) -> str:
        try:
            line = raw.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise self._undecodable(raw, number, error) from None
        if "\0" in line:
            raise InputError(
                f"{self.place(number)}:{line.index(chr(0)) + 1}: a NUL character, which is no text. If the file is UTF-16: "
                f"iconv -f UTF-16 -t UTF-8 {self.path} > NEW; if the NULs are stray: tr -d '\\000' < {self.path} > NEW"
            )
        return line.removeprefix(BOM) if number == 1 else line

    def _undecodable(self, raw: bytes, number: int, error: UnicodeDecodeError) -> InputError:
        column = len(raw[: error.start].decode(self.encoding)) + 1
        found = f"{self.place(number)}:{column}: byte 0x{raw[error.start]:02x} is not {self.encoding.upper()}"
        if self.encoding != UTF_8:
            return InputError(f"{found}, which the file says that it is in. Correct what it says, or convert it with iconv.")
        found += "."
        if number == 1 and raw.startswith(GZIP_MAGIC):
            return InputError(f"{found} The input is gzip'd; decompress it on the way: zcat FILE | …")
        if number == 1 and raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return InputError(f"{found} The file is UTF-16. Convert it: iconv -f UTF-16 -t UTF-8 {self.path} > NEW")
        return InputError(
            f"{found} Convert the file from the encoding it has, for instance (Western European) "
            f"iconv -f WINDOWS-1252 -t UTF-8 {self.path} > NEW, or (Chinese) -f GB18030"
        )


def _without_end(piece: str) -> str:
    return piece[:-2] if piece.endswith("\r\n") else piece.removesuffix("\n")


def is_blank(line: str) -> bool:
    """Whether a line holds nothing but spaces and tabs. (NBSP and U+3000 are text: `str.strip` would take them away.)"""
    return not line.strip(" \t")
