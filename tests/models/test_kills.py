"""A run that is killed, and killed again, gives the model that it would have given, once it is left to finish."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from forked import forked


@pytest.mark.parametrize(
    ("kills", "seed"), [pytest.param(6, 1, marks=pytest.mark.slow), pytest.param(200, 2, marks=pytest.mark.long)]
)
def test_whatever_kills_it_the_same_command_ends_with_the_same_model(kills: int, seed: int, root: Path, tmp_path: Path) -> None:
    code, out, err = forked([root / "tests/support/killed.py", tmp_path, kills, seed], os.environ).ended(within=3600)
    assert code == 0, err
    found = json.loads(out)
    assert (found["in_save"], found["at_work"]) == (kills // 2, kills // 2)
    whole, *others = found["outcomes"]
    assert len(others) > 1
    assert all(other == whole for other in others)
    assert "going on after step" in err
    assert not [name for name in found["left"] if name.startswith(".")]
