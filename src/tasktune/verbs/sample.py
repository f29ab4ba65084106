"""Write a task's example as a file that it reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasktune.core import InputError, Task
from tasktune.notations.plain import record_as_json
from tasktune.readers import jsonl, write
from tasktune.tasks import task


def sample_lines(found: Task[Any]) -> list[str]:
    """A task's example as lines of JSON."""
    return [line.rstrip() for line in jsonl.write(map(record_as_json, found.example))]


def sample(name: str, out: Path) -> Path:
    """Write the example of a task as `out/NAME.jsonl`, and give back its path. Refuses to overwrite."""
    found, path = task(name), out / f"{name}.jsonl"
    if path.exists():
        raise InputError(f"{path} is there already, and nothing is overwritten; name another --out")
    out.mkdir(parents=True, exist_ok=True)
    write(path, map(record_as_json, found.example))
    return path
