"""The folder where fetched models are kept. What is in it is whole: a model appears by rename, once it is complete.

::

    ~/.cache/tasktune/models/        or $TASKTUNE_CACHE/models/
    ├── minilm/                      a model, and `fetched.json`: the size and sha256 of each of its files
    ├── .minilm.lock                 held while it is made, so that two processes do not make it twice
    └── .minilm-k3x9/                its parts while it is made; whatever an interruption left is cleared by the next to come
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from tasktune.core import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEAL = "fetched.json"


def cache_folder() -> Path:
    """Where fetched models are kept: `$TASKTUNE_CACHE/models`, else `~/.cache/tasktune/models`."""
    return Path(os.environ.get("TASKTUNE_CACHE") or "~/.cache/tasktune").expanduser() / "models"


def once(folder: Path, make: Callable[[Path], Path]) -> Path:
    """`folder`, made first where it is not whole.

    `make(work)` gets an empty folder to work in and gives back the folder in it that is to become `folder`. Whatever goes wrong
    or is interrupted on the way, `folder` is either whole or not there. Raises `InputError` where the disk does not let it.
    """
    if whole(folder):
        return folder
    with _writing(folder):
        if not whole(folder):  # another process may have made it while we waited
            _make(folder, make)
    return folder


def whole(folder: Path) -> bool:
    """Whether the folder was completed and its files still have their sizes (a look at each, not a read)."""
    return all((folder / name).is_file() and (folder / name).stat().st_size == size for name, (size, _) in _seal(folder).items())


def intact(folder: Path) -> bool:
    """Whether the folder was completed and every byte of it is what it was. Reads all of it."""
    return whole(folder) and all(sha256_of(folder / name) == digest for name, (_, digest) in _seal(folder).items())


def discard_broken(folder: Path) -> None:
    """Take the folder away unless every byte of it is what it was. Raises `InputError` where the disk does not let it."""
    if not folder.exists() or intact(folder):
        return
    with _writing(folder):
        shutil.rmtree(folder)


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. An error of the disk becomes an `InputError` that says what can be done."""
    from filelock import FileLock  # only here: a model that is there costs no import

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f".{folder.name}.lock")):
            yield
    except OSError as error:
        raise InputError(
            f"cannot write the model to {folder} ({error}). "
            "Make room there, or set TASKTUNE_CACHE to a folder with room that you may write to."
        ) from error


def _make(folder: Path, make: Callable[[Path], Path]) -> None:
    for left_over in folder.parent.glob(f".{folder.name}-*"):  # we hold the lock, so nobody works there any more
        shutil.rmtree(left_over)
    work = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        made = make(work)
        files = sorted(path for path in made.iterdir() if path.is_file())
        seal = {path.name: (path.stat().st_size, sha256_of(path)) for path in files}
        (made / SEAL).write_text(json.dumps(seal, indent=2) + "\n", encoding="utf-8")
        if folder.exists():  # damaged, or not ours to keep: `whole` said no
            shutil.rmtree(folder)
        made.rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _seal(folder: Path) -> dict[str, tuple[int, str]]:
    """Size and sha256 of each file of a completed folder. A size that no file has stands for a folder that was not completed."""
    try:
        read = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        seal = {str(name): (int(size), str(digest)) for name, (size, digest) in read.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        seal = {}
    return seal or {SEAL: (-1, "")}
