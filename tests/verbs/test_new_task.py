"""A new task is a file that works as it is written, and its name among the others."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tasktune
from tasktune.core import InputError
from tasktune.tasks import NAMES
from tasktune.verbs.new_task import new_task

WORKS = """
import sys
from tasktune.tasks import NAMES, task
made = task("claim-type")
assert list(NAMES) == sorted(NAMES) and "claim-type" in NAMES
assert made.name == "claim-type" and list(made.framings()) == ["encoder", "decoder", "encoder-decoder"]
assert all(made.encoder.read(r, made.encoder.write(r), ()) == r.answer for r in made.example)
print(sys.modules[made.record.__module__].__file__, made.record.__name__)
"""


def copied(to: Path) -> Path:
    """A copy of tasktune, to be written in."""
    return shutil.copytree(Path(tasktune.__file__).parent, to / "tasktune", ignore=shutil.ignore_patterns("__pycache__", "data"))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one copy that all try to write in who are refused."""
    return copied(tmp_path_factory.mktemp("untouched"))


def test_a_new_task_works_as_it_is_written(package: Path) -> None:
    path = new_task("claim-type", package / "tasks")
    assert path == package / "tasks" / "claim_type.py"
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", WORKS], cwd=package.parent, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.split() == [str(path), "ClaimType"]
    assert "\n" + '    "claim-type",\n' in (package / "tasks/__init__.py").read_text(encoding="utf-8")


def test_what_is_written_is_clean(package: Path, root: Path) -> None:
    new_task("claim-type", package / "tasks")
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.exists():
        pytest.skip("needs ruff (pip install ruff)")
    config, files = ["--config", str(root / "pyproject.toml")], [str(package / "tasks")]
    for command in (["check", *config, *files], ["format", "--check", *config, *files]):
        found = subprocess.run([ruff, *command], capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    "name", ["", "Claim", "claim_type", "2nd", "claim-", "-claim", "claim type", "a--b", "../claim", "class"]
)
def test_a_name_is_words_with_hyphens(untouched: Path, name: str) -> None:
    before = (untouched / "tasks/__init__.py").read_bytes()
    with pytest.raises(InputError, match="lower-case words with hyphens"):
        new_task(name, untouched / "tasks")
    assert (untouched / "tasks/__init__.py").read_bytes() == before


@pytest.mark.parametrize("name", NAMES)
def test_a_task_that_is_there_is_not_overwritten(untouched: Path, name: str) -> None:
    path = untouched / "tasks" / f"{name.replace('-', '_')}.py"
    before = path.read_bytes()
    with pytest.raises(InputError, match="is there already"):
        new_task(name, untouched / "tasks")
    assert path.read_bytes() == before
