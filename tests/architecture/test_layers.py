"""The layers hold: what may use what is written in pyproject.toml and checked by import-linter."""

import subprocess
import sys
from pathlib import Path


def test_every_import_contract_holds(root: Path):
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", "pyproject.toml"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_module_without_a_layer_would_be_noticed(root: Path):
    contracts = (root / "pyproject.toml").read_text(encoding="utf-8")
    assert "exhaustive = true" in contracts
