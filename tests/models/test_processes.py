"""Several processes do what one does: the same losses, the same scores, one voice, and nobody waits for the dead."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import side_by_side
from tasktune.core import Lost
from tasktune.models import processes

Tiny = Callable[[str], Path]
CASES = ("nli=bert", "ner=roberta", "regression=bert", "multilabel=t5", "chat=llama", "generation=gpt2", "ner=bert=4")


def launched(command: Sequence[str], among: int = 2) -> list[tuple[int, str, str]]:
    """The exit code, standard output and standard error of each of several processes, as a launcher starts them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {**os.environ, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": str(among)}
    path = {"PYTHONPATH": str(Path(side_by_side.__file__).parent)}
    started = [
        subprocess.Popen(
            [sys.executable, *command],
            env={**shared, **path, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(among)
    ]
    told = [process.communicate(timeout=240) for process in started]
    return [(process.returncode, *said) for process, said in zip(started, told, strict=True)]


@given(st.lists(st.integers(1, 500)), st.integers(1, 8))
def test_parts_are_all_there_is_and_of_about_the_same_cost(costs: list[int], among: int) -> None:
    parts = processes.parts(costs, among)
    assert sorted(k for part in parts for k in part) == list(range(len(costs)))
    assert all(part == sorted(part) for part in parts)
    loads = [sum(costs[k] for k in part) for part in parts]
    assert max(loads) - min(loads) <= max(costs, default=0)


def test_alone_things_are_done_as_they_come() -> None:
    taken: list[int] = []

    def things():
        for k in range(3):
            taken.append(k)
            yield k

    found = processes.shared(things(), lambda part, lost: (2 * k for k in part), Lost())
    assert next(found) == 0
    assert taken == [0]
    assert list(found) == [2, 4]


@pytest.mark.slow
def test_two_processes_have_the_losses_and_the_scores_of_one(tiny: Tiny, tmp_path: Path) -> None:
    cases = [case.replace(case.split("=")[1], str(tiny(case.split("=")[1])), 1) for case in CASES]
    script, both = side_by_side.__file__, tmp_path / "both.json"
    for code, _, err in launched([script, str(both), *cases]):
        assert code == 0, err
    side_by_side.main(str(tmp_path / "one.json"), *cases)
    one, two = (json.loads((tmp_path / name).read_text()) for name in ("one.json", "both.json"))
    for case, alone, together in zip(CASES, one, two, strict=True):
        assert len(alone["losses"]) == 8, case
        assert together["losses"] == pytest.approx(alone["losses"], abs=1e-5), case
        assert together["weights"] == pytest.approx(alone["weights"], abs=1e-3), case
        assert together["evaluation"]["scores"] == {
            name: pytest.approx(score, abs=1e-4, nan_ok=True) for name, score in alone["evaluation"]["scores"].items()
        }, case
        assert together["evaluation"]["lost"] == alone["evaluation"]["lost"], case
