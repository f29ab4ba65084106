"""The mkdocs hook: makes the pages that follow from the code (a page a task, the commands, the public names).

`on_files` is called by mkdocs; `pages` is what tests look at. Tables within pages are filled in by `tools/readme.py`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files


def task_page(name: str) -> str:
    """The page of a task: its docstring, its example and how to run it."""
    from tasktune.tasks import task
    from tasktune.verbs.sample import sample_lines

    head, _, facts = tables.docstring(tables.task_file(name)).partition("\n")
    heading, _, what = head.partition(": ")
    definition = task(name)
    shown = json.loads(sample_lines(definition)[0])
    script = tables.ROOT / "examples" / f"{name}.py"
    record = f"{definition.record.__module__}.{definition.record.__qualname__}"
    return f"""# {heading}

{what[0].upper()}{what[1:]}

```text
{facts.strip()}
```

## Run it

```console
$ tasktune tasks {name}                     # the record, the formats it reads, a sample
$ tasktune sample {name} --out sample       # the sample as files
$ tasktune fit {name} --train … --dev … --out runs/{name}
$ tasktune evaluate runs/{name} …
$ tasktune predict runs/{name} …
```

In Python, `examples/{name}.py`:

```python
{script.read_text(encoding="utf-8").strip()}
```

## A record

```json
{json.dumps(shown, ensure_ascii=False, indent=2)}
```

::: {record}
    options:
      show_root_heading: true
      members: false
"""


def commands() -> dict[str, Any]:
    """The commands of the command line, by name, those below others (`models get`) included."""
    from typer.main import get_command

    from tasktune.cli import app

    return dict(_below(get_command(app), ""))


def _below(group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, command in getattr(group, "commands", {}).items():
        yield prefix + name, command
        yield from _below(command, f"{prefix}{name} ")


def command_page() -> str:
    """Every command, its arguments and options, in the words of `--help`."""
    parts = ["# The command line", "`tasktune COMMAND --help` prints the same."]
    for name, command in commands().items():
        rows = [(", ".join(f"`{o}`" for o in p.opts), p.help or "") for p in command.params if p.name != "help"]
        parts += [f"## tasktune {name}", command.help, *([tables.table(("option", "what it is"), rows)] if rows else [])]
    return "\n\n".join(parts) + "\n"


def python_page() -> str:
    """Every public name of `import tasktune`."""
    import tasktune

    parts = ["# Python", "All that `import tasktune as tt` offers."]
    for name in tasktune.__all__:
        thing = getattr(tasktune, name)
        if not name.startswith("__"):
            parts.append(f"## tt.{name}\n\n::: {thing.__module__}.{thing.__qualname__}")
    return "\n\n".join(parts) + "\n"


def pages() -> dict[str, str]:
    """The pages that are made from the code: where they go, and their Markdown."""
    from tasktune.tasks import NAMES

    return {
        **{f"tasks/{name}.md": task_page(name) for name in NAMES},
        "reference/cli.md": command_page(),
        "reference/python.md": python_page(),
    }


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the code."""
    from mkdocs.structure.files import File

    for where, text in pages().items():
        files.append(File.generated(config, where, content=text))
    return files
