"""What the README and the docs say about the code in tables: made from the code, so nothing is written twice or goes stale."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src/tasktune"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def docstring(module: Path) -> str:
    """The docstring of a module, without importing it."""
    return ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""


def title(path: Path) -> str:
    """What a module, a package or a folder of data says of itself first: a sentence, or the heading of its README."""
    if path.is_file():
        return re.split(r"(?<! al)\. ", docstring(path).partition("\n")[0])[0].rstrip(".")
    if (path / "__init__.py").is_file():
        return title(path / "__init__.py")
    return (path / "README.md").read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


def parts() -> list[Path]:
    """What lies right under `src/tasktune`: folders, then modules."""
    there = [path for path in PACKAGE.iterdir() if path.is_dir() or path.suffix == ".py"]
    shown = [path for path in there if path.name not in {"__init__.py", "__pycache__"}]
    return sorted(shown, key=lambda path: (path.is_file(), path.name))


def tree() -> str:
    """The captioned tree of the package."""
    names = {path: path.name + ("/" if path.is_dir() else "") for path in parts()}
    width = max(map(len, names.values()))
    lines = [f"├── {name:{width}}  {title(path)}" for path, name in names.items()]
    return "\n".join(["```text", "src/tasktune/", *lines[:-1], lines[-1].replace("├", "└"), "```"])


def tasks() -> str:
    """The tasks, and how each family of models is asked."""
    from tasktune.tasks import NAMES, task

    families = ("encoder", "decoder", "encoder-decoder", "vision-language")
    rows = []
    for name in NAMES:
        framings = task(name).framings()
        asked = (f"`{type(framings[family]).__name__}`" if family in framings else "–" for family in families)
        rows.append((f"`{name}`", title(task_file(name)).partition(": ")[2], *asked, task(name).metric.primary))
    return table(("task", "what it does", *families, "decided by"), rows)


def task_file(name: str) -> Path:
    """The module of a task."""
    return PACKAGE / "tasks" / f"{name.replace('-', '_')}.py"


def models() -> str:
    """The models that have a name."""
    from tasktune.models.named import NAMED

    rows = [
        (f"`{m.name}`", m.family, f"{m.parameters / 1e6:.1f} M", f"{m.size / 1e6:.0f} MB", m.licence, m.what)
        for m in NAMED.values()
    ]
    return table(("name", "family", "parameters", "on disk", "licence", "what it is"), rows)


def formats() -> str:
    """The file formats that are read, and which of them are written too."""
    from tasktune.readers import FORMATS

    rows = [
        (f"`{name}`", " ".join(f"`{suffix}`" for suffix in f.suffixes), f.what, written)
        for name, f in FORMATS.items()
        for written in ("yes" if f.write else "filled in" if f.units else "no",)
    ]
    return table(("format", "suffixes", "what it is", "written too"), rows)


def documents() -> str:
    """The formats of documents that are indexed."""
    from tasktune.documents.formats import FORMATS

    rows = [(f"`{name}`", " ".join(f"`{suffix}`" for suffix in f.suffixes), f.what) for name, f in FORMATS.items()]
    return table(("format", "suffixes", "what is read"), rows)


def recipe() -> str:
    """The running options: field, flag, default and description."""
    from tasktune.recipe import all_options

    rows = [
        (f"`{o.name}`", f"`--{o.name.replace('_', '-')}`", "" if o.default in (None, ()) else f"`{o.default}`", o.what)
        for o in all_options()
    ]
    return table(("field", "flag", "default", "what it is"), rows)


def _scale(name: str) -> Callable[[], str]:
    """A table of docs/scale.md."""

    def made() -> str:
        import scale

        table: str = getattr(scale, name)()
        return table

    return made


BLOCKS = {
    "tree": tree,
    "tasks": tasks,
    "models": models,
    "formats": formats,
    "documents": documents,
    "recipe": recipe,
    **{f"scale_{name}": _scale(name) for name in ("memory", "speed", "exchange")},
}


def filled(text: str) -> str:
    """The text with all that stands between `<!-- NAME -->` and `<!-- /NAME -->` made anew.

    Raises `KeyError` for a name that is not in `BLOCKS`.
    """
    return re.sub(
        r"<!-- (\w+) -->\n.*?<!-- /\1 -->",
        lambda block: f"<!-- {block[1]} -->\n\n{BLOCKS[block[1]]()}\n\n<!-- /{block[1]} -->",
        text,
        flags=re.DOTALL,
    )
