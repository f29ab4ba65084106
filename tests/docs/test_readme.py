"""The README and the pages of the docs say what is: tree, tables, links and commands are those of the code."""

import re
from pathlib import Path

import pytest

import readme
import tables


@pytest.mark.parametrize("page", readme.WRITTEN, ids=lambda page: page.name)
def test_its_tables_are_up_to_date(page: Path):
    text = page.read_text(encoding="utf-8")
    assert tables.filled(text) == text, f"{page.name} is stale: make readme"


def test_it_has_every_table():
    text = readme.README.read_text(encoding="utf-8")
    assert all(f"<!-- {name} -->" in text for name in ("tree", "tasks", "models"))


def test_the_tree_is_the_real_one():
    shown = re.findall(r"[├└]── (\S+?)/? ", tables.tree())
    files = (path for ending in ("*.py", "*.conll") for path in tables.PACKAGE.rglob(ending))
    there = {path.relative_to(tables.PACKAGE).parts[0] for path in files} - {"__init__.py"}
    assert set(shown) == there


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_its_links_lead_somewhere(page: str, root: Path):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (root / page).read_text(encoding="utf-8"))
    assert not [link for link in links if not (root / link).exists()]


def test_its_make_targets_exist(root: Path):
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    prose = "".join((root / page).read_text(encoding="utf-8") for page in ("README.md", "CONTRIBUTING.md"))
    named = re.findall(r"(?:`|\$ )make ([a-z-]+)", prose)
    assert named
    assert not [target for target in named if f"\n{target}:" not in makefile]
