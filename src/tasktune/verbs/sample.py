"""Write a task's example as a file that it reads, and the pictures in it beside that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tasktune.core import InputError, Record, Task
from tasktune.images import Image, content
from tasktune.models.folder import refuse_unmakeable
from tasktune.notations.plain import record_as_json
from tasktune.readers import jsonl, write
from tasktune.tasks import task


def sample_lines(found: Task[Any]) -> list[str]:
    """A task's example as lines of JSON."""
    return [line.rstrip() for line in jsonl.write(_rows(found, _pictures(found)))]


def sample(name: str, out: Path) -> Path:
    """Write the example of a task as `out/NAME.jsonl`, and give back its path. Refuses to overwrite."""
    found, path = task(name), out / f"{name}.jsonl"
    pictures = _pictures(found)
    for there in (path, *(out / each for each in pictures.values())):
        if there.exists():
            raise InputError(f"{there} is there already, and nothing is overwritten; name another --out")
    refuse_unmakeable(path)
    out.mkdir(parents=True, exist_ok=True)
    for image, picture in pictures.items():
        (out / picture.parent).mkdir(exist_ok=True)
        (out / picture).write_bytes(content(image))
    write(path, _rows(found, pictures))
    return path


def _pictures(found: Task[Any]) -> dict[Image, Path]:
    """The pictures of a task's example, and the files that they are written to."""
    seen = dict.fromkeys(image for record in found.example for image in getattr(record, "images", ()))
    return {image: Path("images") / f"{found.name}-{k}.png" for k, image in enumerate(seen, 1)}


def _rows(found: Task[Any], pictures: Mapping[Image, Path]) -> list[dict[str, Any]]:
    return [record_as_json(_by_path(record, pictures)) for record in found.example]


def _by_path(record: Record, pictures: Mapping[Image, Path]) -> Record:
    if not pictures:
        return record
    images = tuple(Image(pictures[image]) for image in getattr(record, "images", ()))
    return replace(record, images=images)  # type: ignore[call-arg]
