"""Folders of pictures, as Hugging Face's ImageFolder has them: with a table of what is said of each, or in a folder a label.

    emoji/                      a table names the pictures by their paths, which begin in the folder or in `images`
    ├── metadata.jsonl          or metadata.csv, captions.csv, captions.txt (Flickr's: `image,caption`)
    └── images/1f69f.png
    flowers/                    where there is none, the label of a picture is the name of its folder
    ├── daisy/1.jpg
    └── rose/2.jpg

Pictures that lie in the folder itself have no label: such as are to be answered about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tasktune.core import InputError, Row
from tasktune.images import SUFFIXES, Image
from tasktune.readers import csv, jsonl
from tasktune.readers.source import Source

_TABLES = ("metadata.jsonl", "metadata.csv", "captions.csv", "captions.txt")
_NAMES = frozenset(("image", "file_name", "caption"))


def is_one(path: str) -> bool:
    """Whether a path is a folder with pictures in it."""
    here = Path(path)
    try:
        return here.is_dir() and next(_pictures(here), None) is not None
    except OSError:  # a text where a path should be
        return False


def read(source: Source) -> Iterator[Row]:
    """A row a line of the table, or a picture (`image`, `label`) by its name. Raises `InputError` where it is no such folder."""
    folder = Path(source.path)
    if not is_one(source.path):
        raise InputError(f"{source.name}: this is no folder of pictures ({', '.join(SUFFIXES)}), nor of folders of them")
    table = next((folder / name for name in _TABLES if (folder / name).is_file()), None)
    yield from (replace(row, folder=folder) for row in (_listed(folder) if table is None else _told(table, source.known)))


def _told(table: Path, known: frozenset[str]) -> Iterator[Row]:
    with Source(table, known | _NAMES) as source:
        yield from (jsonl if table.suffix == ".jsonl" else csv).read(source)


def _listed(folder: Path) -> Iterator[Row]:
    for path in _pictures(folder):
        label = {} if path.parent == folder else {"label": path.parent.name}
        yield Row({"image": Image(path), **label}, str(path))


def _pictures(folder: Path) -> Iterator[Path]:
    """Those in the folder, and in the folders there."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES:
            yield path
        elif path.is_dir():
            yield from (inner for inner in sorted(path.iterdir()) if inner.suffix.lower() in SUFFIXES)
