"""The documentation covers what there is: every task, command, option, public name, format and field of the recipe."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

import pages
import tables
import tasktune
from tasktune.decoding import Decoding
from tasktune.framings import Text
from tasktune.recipe import Recipe, all_options
from tasktune.tasks import NAMES

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = sorted((ROOT / "docs").rglob("*.md"))


@pytest.fixture(scope="session")
def made() -> dict[str, str]:
    return pages.pages()


@pytest.mark.parametrize("name", NAMES)
def test_a_task_has_its_page_its_facts_and_its_example(name: str, made: dict[str, str]):
    page = made[f"tasks/{name}.md"]
    assert all(f"\n{fact} " in page for fact in ("Record", "Metric"))
    script = (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(script))
    assert script.strip() in page


@pytest.mark.parametrize("name", NAMES)
def test_a_task_is_in_the_navigation(name: str):
    assert f"- tasks/{name}.md" in (ROOT / "mkdocs.yml").read_text(encoding="utf-8")


def test_every_command_and_option_is_described(made: dict[str, str]):
    for name, command in pages.commands().items():
        assert f"## tasktune {name}\n" in made["reference/cli.md"]
        assert command.help, f"tasktune {name} says nothing of itself"
        bare = [option.name for option in command.params if option.name != "help" and not option.help]
        assert not bare, f"tasktune {name}: no help for {bare}"


def test_every_public_name_has_its_entry(made: dict[str, str]):
    assert all(f"## tt.{name}\n" in made["reference/python.md"] for name in tasktune.__all__ if not name.startswith("__"))


def test_the_recipe_has_few_fields_and_each_is_described():
    names = [option.name for option in all_options()]
    assert max(len(fields(Recipe)), len(fields(Decoding))) <= 25
    assert all(re.search(rf"\| `{name}` \| .* \| .* \| \w.* \|", tables.recipe()) for name in names)
    assert "<!-- recipe -->" in (ROOT / "docs/recipe.md").read_text(encoding="utf-8")


def kind_of(framing: Text) -> str:
    """The word with which the line on a task begins that is asked so, where it is not about a form."""
    if framing.closed or framing.closed_up_to:
        return "nothing"
    return "form" if framing.form else "anything"


def test_every_task_that_writes_is_in_its_line_of_the_table_of_forms():
    text = (ROOT / "docs/generation.md").read_text(encoding="utf-8")
    lines = text.partition("| what can be written |\n")[2].partition("\n\n")[0].splitlines()[1:]
    told = dict[str, str]()
    for named, said in (line.removeprefix("| ").split(" | ", 1) for line in lines):
        first = said.split()[0].rstrip(",")
        kind = first if first in ("nothing", "anything") else "form"
        told |= dict.fromkeys(re.findall(r"`([a-z-]+)`", named), kind)
    framings = ((name, framing) for name in NAMES for framing in tasktune.task(name).framings().values())
    assert told == {name: kind_of(framing) for name, framing in framings if isinstance(framing, Text)}


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT / "docs")))
def test_the_links_of_a_page_lead_somewhere(path: Path, made: dict[str, str]):
    there = {str(page.relative_to(ROOT / "docs")) for page in WRITTEN} | set(made)
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        target = (path.parent / link).resolve().relative_to(ROOT / "docs")
        assert str(target) in there, f"{link} leads nowhere"


@pytest.mark.parametrize("path", [*WRITTEN, ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda path: path.name)
def test_the_commands_that_a_page_tells_to_run_exist(path: Path):
    named = re.findall(r"(?:`|\$ |\| )tasktune ([a-z][a-z-]+)", path.read_text(encoding="utf-8"))
    assert set(named) <= set(pages.commands())


def test_the_design_names_every_part():
    text = (ROOT / "docs/design.md").read_text(encoding="utf-8")
    assert not [part.name for part in tables.parts() if part.name not in text]
