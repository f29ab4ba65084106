"""Which files are read: a file, all of a folder, or those that a glob names, in a stable order and never outside of it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from tasktune.core import InputError, Lost
from tasktune.documents.names import HIDDEN, printable

_MAGIC = re.compile(r"[*?\[]")
_WILD = re.compile(r"\*\*/|\*\*|\*|\?|\[(!?)([^\]]+)\]|.", re.DOTALL)
_READING = b"1"
"""To be changed where files are read in another way, so that they are indexed anew."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was found: where it lies, what it is called as a `source`, how many bytes it had, and when it was changed
    (nanoseconds since 1970).
    """

    path: Path
    source: str
    size: int
    modified: int


def found(places: Path | str | Iterable[Path | str], lost: Lost) -> Iterator[Found]:
    """The files that are named: each place is a file, a folder (with all below it) or a glob (`*`, `?`, `[…]`, `**`).

    They are ordered by name. A `source` is the path as it follows from what was named (`docs` has `docs/a.md`), with `/`; what a
    terminal cannot print or UTF-8 cannot spell stands in it as an escape. Symbolic links below a place
    are not followed: what they point to is found under its own name, or lies outside, which is noted in `lost`, as are hidden
    files and all that is neither file nor folder. Raises `InputError` where a place is not there.
    """
    seen = set[Path]()
    for walk in _walks(places):
        for path in walk.files(lost):
            if path in seen:
                continue
            seen.add(path)
            try:
                status = path.stat()
            except OSError as error:  # it has gone since
                lost.add(error.strerror or str(error), walk.source(path))
            else:
                yield Found(path, walk.source(path), status.st_size, status.st_mtime_ns)


def gone(known: Iterable[str], there: Collection[str], places: Path | str | Iterable[Path | str]) -> list[str]:
    """The sources of those `known` from before that the places would name still, and that are not `there` any more.

    What lies in a folder that cannot be looked into may be there still. A place that is a file is there.
    """
    folders = [walk for walk in _walks(places) if walk.file is None]
    return [source for source in known if source not in there and any(walk.lacks(source) for walk in folders)]


def _walks(places: Path | str | Iterable[Path | str]) -> list[_Walk]:
    given = [places] if isinstance(places, str | Path) else [*places]
    if not given:
        raise InputError("no documents are named: give files, folders or globs")
    return [_Walk.of(os.fspath(place)) for place in given]


def digest(file: Found) -> str:
    """A hash of what a file holds and of how it is read, by which one tells whether it must be read again.

    Raises `OSError` where the file cannot be opened.
    """
    hashed = blake2b(_READING + file.path.suffix.lower().encode("utf-8", "surrogateescape"), digest_size=16)
    with opened(file.path) as stream:
        while block := stream.read(1 << 20):
            hashed.update(block)
    return hashed.hexdigest()


def opened(path: Path) -> BinaryIO:
    """The file, open to be read. Raises `OSError` where it is none any more, but a link, a pipe or a device."""
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    stream = os.fdopen(number, "rb")
    if not stat.S_ISREG(os.fstat(number).st_mode):
        stream.close()
        raise OSError("it is no regular file")
    return stream


@dataclass(frozen=True, slots=True)
class _Walk:
    """A way through a folder: the `root` that it does not leave, how the user names that, the only `file` where one is named, and
    what the paths below must match.
    """

    given: str
    root: Path
    name: str
    file: Path | None = None
    pattern: re.Pattern[str] | None = None

    @classmethod
    def of(cls, given: str) -> _Walk:
        if not given:
            raise InputError("a place of documents is named '': give files, folders or globs (. is the folder where you are)")
        path = Path(given).expanduser()
        if os.path.lexists(path):
            try:
                real = path.resolve(strict=True)
            except (OSError, RuntimeError) as error:
                raise InputError(f"{given}: {getattr(error, 'strerror', None) or 'a link that leads in a circle'}") from None
            if not (real.is_dir() or real.is_file()):
                raise InputError(f"{given} is neither a file nor a folder")
            if real.is_file():
                return cls(given, real.parent, os.path.normpath(path.parent), real)
            return cls(given, real, os.path.normpath(path))
        parts = path.parts
        plain = next((k for k, part in enumerate(parts) if _MAGIC.search(part)), None)
        root = Path(*parts[:plain]).resolve()
        if re.match("https?://", given):
            raise InputError(
                f"{given} is not read: only files of this machine are, so fetch it (curl -O {given}) and give its path"
            )
        if plain is None or not root.is_dir():
            raise InputError(f"{given}: there is no such file or folder")
        try:
            pattern = _pattern("/".join(parts[plain:]))
        except re.error as error:
            raise InputError(f"{given} is no pattern of names: {error}") from None
        return cls(given, root, os.path.normpath(Path(*parts[:plain])), pattern=pattern)

    def source(self, path: Path) -> str:
        """What a path below the root is called."""
        return printable((Path(self.name) / path.relative_to(self.root)).as_posix())

    def lacks(self, source: str) -> bool:
        """Whether the place, a folder or glob, names what is called so, and nothing that is called so is kept from being seen."""
        prefix = "" if self.name == "." else self.name + "/"
        inside = source.removeprefix(prefix)
        if not source.startswith(prefix) or inside.startswith(("/", "../")):
            return False
        if self.pattern is not None and not self.pattern.fullmatch(inside):
            return False
        try:
            (self.root / inside).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return True

    def files(self, lost: Lost) -> Iterator[Path]:
        """The files, by name. Raises `InputError` where a glob names none."""
        if self.file is not None:
            yield self.file
            return
        matched = False
        for path in self._below(lost):
            if self.pattern is None or self.pattern.fullmatch(path.relative_to(self.root).as_posix()):
                matched = True
                yield path
        if self.pattern is not None and not matched:
            raise InputError(f"{self.given}: no file is called so")

    def _below(self, lost: Lost) -> Iterator[Path]:
        """All files below the root. What is passed over is noted."""
        left = [self.root]
        while left:
            path = left.pop()
            try:
                kind = path.lstat().st_mode
                if path != self.root and path.name.startswith("."):
                    lost.add(HIDDEN, self.source(path))
                elif stat.S_ISLNK(kind):
                    if not path.resolve(strict=True).is_relative_to(self.root):
                        lost.add("a link that leads out of the folder", self.source(path))
                elif stat.S_ISDIR(kind):
                    left += sorted(path.iterdir(), reverse=True)
                elif stat.S_ISREG(kind):
                    yield path
                else:
                    lost.add("neither a file nor a folder", self.source(path))
            except (OSError, RuntimeError) as error:
                lost.add(getattr(error, "strerror", None) or "a link that leads in a circle", self.source(path))


def _pattern(glob: str) -> re.Pattern[str]:
    spelled = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}

    def piece(found: re.Match[str]) -> str:
        if found[2] is not None:
            inside = re.sub(r"([\\^\[])", r"\\\1", found[2])
            return f"[^{inside}]" if found[1] else f"[{inside}]"
        return spelled.get(found[0]) or re.escape(found[0])

    return re.compile(_WILD.sub(piece, glob), re.DOTALL)
