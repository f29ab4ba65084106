"""Write a task's example as a file that it reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tasktune.core import InputError, Task
from tasktune.notations.plain import record_as_json
from tasktune.readers.output import output
from tasktune.tasks import task


def sample_lines(found: Task[Any]) -> list[str]:
    """A task's example as lines of JSON."""
    return [json.dumps(record_as_json(record), ensure_ascii=False) for record in found.example]


def sample(name: str, out: Path) -> Path:
    """Write the example of a task as `out/NAME.jsonl`, and give back its path. Refuses to overwrite."""
    path = out / f"{name}.jsonl"
    if path.exists():
        raise InputError(f"{path} is there already, and nothing is overwritten; name another --out")
    lines = sample_lines(task(name))
    out.mkdir(parents=True, exist_ok=True)
    with output(path) as stream:
        stream.writelines(f"{line}\n" for line in lines)
    return path
