"""`tasktune tasks`, `sample` and `new-task`: what tasks there are, what they read, and one more of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tasktune.cli.options import TaskName


def tasks(task: Annotated[str | None, typer.Argument(help="a task, to see its record, its formats and a sample")] = None) -> None:
    """List the tasks, or show what one works on."""
    from tasktune.verbs import tasks as verb

    print(verb.listing() if task is None else verb.page(task))


def sample(task: TaskName, out: Annotated[Path, typer.Option(help="the folder to write the sample file in")]) -> None:
    """Write a small file in a format that a task reads, to copy."""
    from tasktune.verbs.sample import sample as verb

    print(verb(task, out))


def new_task(name: Annotated[str, typer.Argument(help="the name of the task, in lower-case words with hyphens")]) -> None:
    """Write the file of a new task, and its name among the tasks (in a checkout of tasktune)."""
    from tasktune.verbs.new_task import new_task as verb

    print(verb(name))
