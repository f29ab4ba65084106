"""Folders that a crash, a full disk or a failing one cannot leave half-written without its being seen.

A folder is filled under another name, every file of it is brought to the disk, then the list of their SHA-256 sums, and only then
does it get its name. The list is `SHA256SUMS`, as `sha256sum --check` reads it; its last line is the sum of the lines above.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

from tasktune.models.cache import sha256_of

SUMS = "SHA256SUMS"


def written_whole(folder: Path, fill: Callable[[Path], None]) -> None:
    """Make `folder` out of the files that `fill(work)` writes. It appears whole, with its sums, or not at all."""
    work = Path(mkdtemp(prefix=".", dir=folder.parent))
    try:
        fill(work)
        (work / SUMS).write_text(_summed(work), encoding="utf-8")
        synced(work)
        renamed(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def renamed(work: Path, folder: Path) -> None:
    """Give a finished folder its name, and wait until the disk has that."""
    work.rename(folder)
    _sync(folder.parent)


def synced(folder: Path) -> None:
    """Wait until the disk has everything in a folder, and the folder."""
    for path in (*folder.rglob("*"), folder):
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _summed(folder: Path) -> str:
    """The text of `SUMS` for the files that are there."""
    lines = "".join(f"{sha256_of(path)}  {path.name}\n" for path in sorted(folder.iterdir()) if path.name != SUMS)
    return f"{lines}# {hashlib.sha256(lines.encode()).hexdigest()}\n"


def damage(folder: Path) -> str:
    """What is wrong with a folder that `written_whole` made: the first file of it that is not as it was, or "" for nothing."""
    try:
        text = (folder / SUMS).read_text(encoding="utf-8")
        *lines, last = text.splitlines(keepends=True)
    except (OSError, ValueError):
        return f"{SUMS} is missing, empty or not text"
    if last != f"# {hashlib.sha256(''.join(lines).encode()).hexdigest()}\n":
        return f"{SUMS} is not as it was written"
    return next(_damaged(folder, lines), "")


def _damaged(folder: Path, lines: list[str]) -> Iterator[str]:
    for line in lines:
        digest, name = line.rstrip("\n").split("  ", 1)
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif sha256_of(path) != digest:
            yield f"{name} is not as it was written (its SHA-256 is another than {SUMS} says)"
