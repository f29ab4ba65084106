"""Pictures as data name them: a path, bytes, base64 in a `data:` URL, the objects of Hugging Face and OpenAI.

A path begins in the folder of the file that names it, or in the folder `images` there; a number is the name of a file in one of
these, as easy-VQA has it. What lies on the network is not fetched.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from tasktune.core import Row
from tasktune.images import SUFFIXES, Image, refuse_larger

COLUMNS = ("image", "picture", "image_path", "img_path", "file_name", "image_id")
"""What other people's files call a picture."""

_DATA = re.compile(r"data:[\w/.+-]*(;[\w=-]+)*?;base64,", re.IGNORECASE)
_ELSEWHERE = re.compile(r"([a-z][a-z0-9+.-]+):/", re.IGNORECASE)


def images_of(row: Row, name: str = "images") -> tuple[Image, ...]:
    """The pictures called `name`, one or several; none where there are none.

    Raises `InputError` with the row's place for one that is not there, lies on the network, or is none.
    """
    given = row.get(name)
    several = given if isinstance(given, list | tuple) else [] if given is None or given == "" else [given]
    return tuple(image_of(row, one) for one in several)


def image_of(row: Row, given: Any) -> Image:
    """One picture. Raises `InputError` as `images_of` does."""
    match given:
        case bool():
            pass
        case Image():
            return given
        case bytes() | bytearray():
            return Image(bytes(given), row.where)
        case {"bytes": bytes(content)}:
            return Image(content, f"{row.where}: {given.get('path') or 'a picture'}")
        case {"path": str(path)} | {"url": str(path)} | {"image": str(path)} | {"image_url": str(path) | {"url": str(path)}}:
            return image_of(row, path)
        case int():
            return _found(row, [f"{given}{suffix}" for suffix in SUFFIXES])
        case str():
            return _named(row, given)
        case Path():
            return _found(row, [str(given)])
        case _ if type(given).__module__.startswith("PIL."):
            written = BytesIO()
            given.save(written, "PNG")
            return Image(written.getvalue(), row.where)
    raise row.refuse(
        f"a picture must be a path, bytes, {{bytes, path}} or a data: URL, but is {given!r:.80}. Name its column: --map images="
    )


def _named(row: Row, name: str) -> Image:
    if inside := _DATA.match(name):
        called = f"{row.where}: a data: URL"
        refuse_larger(Image(b"", called), (len(name) - inside.end()) * 3 // 4)  # before it takes as much again
        try:
            return Image(b64decode(name[inside.end() :], validate=True), called)
        except (NotBase64, ValueError) as error:
            raise row.refuse(f"this data: URL is not base64 ({error}): {name[:60]!r}") from None
    if elsewhere := _ELSEWHERE.match(name):
        what = "give the path alone" if elsewhere[1].lower() == "file" else f"fetch it (curl -O {name}) and give its path"
        raise row.refuse(f"{name:.200} is not read: only files of this machine are, so {what}")
    return _found(row, [name])


def _found(row: Row, names: list[str]) -> Image:
    """The first of these files that is there: in the row's folder, in `images` there, or from where the program runs."""
    if not row.ours:
        raise row.refuse(f"{names[0]!r:.200} is not opened for others; send the picture itself: data:image/png;base64,…")
    folder = row.folder or Path()
    for path in _places(folder, names):
        try:
            if path.exists():
                return Image(path, f"{row.where}: {path.name}" if row.where else "")
        except (OSError, ValueError):  # too long for a path, or with a NUL
            break
    looked = f"{folder} and {folder / 'images'}" if row.folder else "the current folder"
    raise row.refuse(f"there is no picture {names[0]!r:.200} in {looked}; a path begins in the folder of the file that names it")


def _places(folder: Path, names: list[str]) -> Iterator[Path]:
    for name in names:
        yield from (folder / name, folder / "images" / name, Path(name))
