"""List the tasks, and show what one works on: its record, the formats it reads, a sample."""

from __future__ import annotations

import sys
from typing import Any

from tasktune.core import Task
from tasktune.readers import FORMATS
from tasktune.tasks import ALIASES, NAMES, task
from tasktune.verbs.sample import sample_lines


def listing() -> str:
    """A line a task: its name, what it is, the families of models that can do it, and its other names."""
    width = max(map(len, NAMES))
    return "\n".join(
        f"{name:{width}}  {headline(task(name))} ({', '.join(task(name).framings())}){_also(name)}" for name in NAMES
    )


def _also(name: str) -> str:
    return f"; also called {', '.join(ALIASES[name])}" if name in ALIASES else ""


def headline(found: Task[Any]) -> str:
    """The first sentence of a task's own page."""
    return " ".join(_page(found).split("\n\n")[0].split()).rstrip(".")


def page(name: str) -> str:
    """A task's own page, its fields with the column names they also go by, the formats that are read, and a sample."""
    found = task(name)
    width = max(map(len, found.record.field_names()))
    fields = [f"  {field:{width}}  {_aliases(found, field)}".rstrip() for field in (*found.record.field_names(), *_extra(found))]
    formats = [f"  {format.name:10}  {format.what} ({', '.join(format.suffixes) or '--format'})" for format in FORMATS.values()]
    return "\n".join(
        [
            _page(found),
            *(["", f"Also called {', '.join(ALIASES[found.name])}."] if found.name in ALIASES else []),
            "",
            "Fields, and the columns they are found in besides their own (any other with --map field=column):",
            *fields,
            "",
            "Formats (by suffix, or --format):",
            *formats,
            "",
            f"A sample, as `tasktune sample {found.name} --out DIR` writes it:",
            *(f"  {line}" for line in sample_lines(found)),
        ]
    )


def _page(found: Task[Any]) -> str:
    return (sys.modules[found.record.__module__].__doc__ or "").strip()


def _aliases(found: Task[Any], field: str) -> str:
    return ", ".join(found.record.aliases.get(field, ()))


def _extra(found: Task[Any]) -> list[str]:
    """Columns that a record is made of without being its fields (`tags`, which become spans)."""
    return [name for name in found.record.aliases if name not in found.record.field_names()]
