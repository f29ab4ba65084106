"""A ZIP that is read in memory: DOCX and EPUB are such, and archives."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Self, cast

from tasktune.documents.document import UnreadableError
from tasktune.documents.opened import Opened

_MAGIC = b"PK\x03\x04", b"PK\x05\x06"


def begins(head: bytes) -> bool:
    """Whether it is a ZIP."""
    return head.startswith(_MAGIC)


@dataclass(frozen=True, slots=True)
class Packed:
    """A file whose parts are read one by one. None is ever written anywhere."""

    file: Opened
    archive: zipfile.ZipFile

    @classmethod
    def of(cls, file: Opened) -> Self:
        """The parts of a file. Raises `UnreadableError` for what is no ZIP, or half of one."""
        try:
            return cls(file, zipfile.ZipFile(file.stream))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise UnreadableError(f"a damaged ZIP ({error})") from None

    def names(self) -> list[str]:
        """What the parts are called."""
        return self.archive.namelist()

    def part(self, name: str | zipfile.ZipInfo) -> bytes:
        """A part. Raises `UnreadableError` for one that is not there, damaged, locked, or more than it may be."""
        try:
            info = name if isinstance(name, zipfile.ZipInfo) else self.archive.getinfo(name)
            with self.archive.open(info) as stream:
                return self.file.allowance.unpacked(cast(BinaryIO, stream), info.compress_size)
        except KeyError:
            raise UnreadableError(f"no {name} in it, which there must be") from None
        except RuntimeError as error:
            raise UnreadableError("it needs a password" if "password" in str(error) else f"a damaged ZIP ({error})") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
            raise UnreadableError(f"a damaged ZIP ({error})") from None
