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
_OUT = "a link that leads out of the folder (name what it points to, if that is meant)"


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was found: where it lies, what it is called as a `source`, how many bytes it had, and when it was changed
    (nanoseconds since 1970).
    """

    path: Path
    source: str
    size: int
    modified: int


def found(places: Path | str | Iterable[Path | str], lost: Lost, known: Collection[str] = ()) -> Iterator[Found]:
    """The files that are named: each place is a file, a folder (with all below it) or a glob (`*`, `?`, `[…]`, `**`).

    They are ordered by name. A `source` is the path as it follows from what was named (`docs` has `docs/a.md`), with `/`; what a
    terminal cannot print or UTF-8 cannot spell stands in it as an escape. Symbolic links are followed nowhere, since a shell may
    have found them: what they point to is found under its own name, or lies outside of their folder, which is noted in `lost`,
    as are hidden files and all that is neither file nor folder. Raises `InputError` where a place is not there, and nothing of it
    is among the sources `known` from before; where there is, that is noted, too.
    """
    seen = set[Path]()
    for walk in _walks(places):
        for path in walk.files(lost, known):
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

    What lies in a folder that cannot be looked into may be there still, and so may all of a place that is now a link out of its
    folder or to nothing (a disk that is not mounted). A place that is a file is there; of one that is not, and of what was below
    it, all is gone.
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
        is_there = os.path.lexists(path)
        if not is_there and re.match("https?://", given):
            raise InputError(
                f"{given} is not read: only files of this machine are, so fetch it (curl -O {given}) and give its path"
            )
        wild = None if is_there else next((k for k, part in enumerate(path.parts) if _MAGIC.search(part)), None)
        place = path if wild is None else Path(*path.parts[:wild])
        if link := _stray(place):
            return cls(given, link.parent.resolve() / link.name, os.path.normpath(link))
        place = _straight(place)
        root, name = place.resolve(), os.path.normpath(place)
        if wild is not None:
            return cls(given, root, name, pattern=_pattern(given, "/".join(path.parts[wild:])))
        if root.is_file():
            return cls(given, root.parent, os.path.normpath(place.parent), root)
        if root.is_dir() or not is_there:
            return cls(given, root, name)
        raise InputError(f"{given} is neither a file nor a folder")

    def source(self, path: Path) -> str:
        """What a path below the root is called."""
        return printable((Path(self.name) / path.relative_to(self.root)).as_posix())

    def inside(self, source: str) -> str | None:
        """The path below the root of what is called so, if the place names that: "" for the root itself."""
        prefix = "" if self.name == "." else self.name + "/"
        inside = "" if source == self.name else source.removeprefix(prefix)
        if not f"{source}/".startswith(prefix) or inside.startswith(("/", "../")):
            return None
        if self.pattern is None or self.pattern.fullmatch(inside):
            return inside
        return inside if f"{source}/".startswith(os.path.normpath(self.given) + "/") else None  # a name that has a [

    def lacks(self, source: str) -> bool:
        """Whether the place, a folder or glob, names what is called so, and nothing that is called so is kept from being seen."""
        if (inside := self.inside(source)) is None or self.root.is_symlink():
            return False
        try:
            (self.root / inside).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return True

    def files(self, lost: Lost, known: Collection[str]) -> Iterator[Path]:
        """The files, by name. Raises `InputError` where there are none of what is named so, nor any `known` from before."""
        if self.file is not None:
            yield self.file
            return
        is_there = os.path.lexists(self.root)
        matching = [path for path in self._below(lost) if self._matches(path)] if is_there else []
        yield from matching
        if matching or (is_there and self.pattern is None):
            return
        if all(self.inside(source) is None for source in known):
            raise InputError(f"{self.given}: there is no such file{'' if is_there else ' or folder'}")
        lost.add("nothing is called so any more", self.given)

    def _matches(self, path: Path) -> bool:
        return self.pattern is None or self.pattern.fullmatch(path.relative_to(self.root).as_posix()) is not None

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
                    self._note_link(path, path.resolve(strict=True), lost)
                elif stat.S_ISDIR(kind):
                    left += sorted(path.iterdir(), reverse=True)
                elif stat.S_ISREG(kind):
                    yield path
                else:
                    lost.add("neither a file nor a folder", self.source(path))
            except (OSError, RuntimeError) as error:
                lost.add(getattr(error, "strerror", None) or "a link that leads in a circle", self.source(path))

    def _note_link(self, path: Path, real: Path, lost: Lost) -> None:
        """Note a link whose file is not found by its own name."""
        if not real.is_relative_to(self.root):
            lost.add(_OUT, self.source(path))
        elif real.is_file() and self._matches(path) and not self._matches(real):
            lost.add("a link to a file that is not named so", self.source(path))


def _stray(place: Path) -> Path | None:
    """A link that leads nowhere or out of its folder: the place itself, or where it is named from here, what it lies in."""
    for each in [place] if place.is_absolute() else [*reversed(place.parents), place]:
        try:
            if each.is_symlink() and not each.resolve(strict=True).is_relative_to(each.parent.resolve()):
                return each
        except (OSError, RuntimeError):
            return each
    return None


def _straight(place: Path) -> Path:
    """The place by what its links point to, none of which is stray, so that a file has one name."""
    way, parts = (place.parent, (place.name,)) if place.is_absolute() else (Path(), place.parts)
    for part in parts:
        way /= part
        if way.is_symlink():
            way = way.parent / way.resolve().relative_to(way.parent.resolve())
    return way


def _pattern(given: str, glob: str) -> re.Pattern[str]:
    spelled = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}

    def piece(found: re.Match[str]) -> str:
        if found[2] is not None:
            inside = re.sub(r"([\\^\[])", r"\\\1", found[2])
            return f"[^{inside}]" if found[1] else f"[{inside}]"
        return spelled.get(found[0]) or re.escape(found[0])

    try:
        return re.compile(_WILD.sub(piece, glob), re.DOTALL)
    except re.error as error:
        raise InputError(f"{given} is no pattern of names: {error}") from None
