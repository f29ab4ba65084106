"""`tasktune fit` starts a process a core where that pays, and leaves none behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tasktune.recipe import Recipe
from tasktune.verbs import launch

LARGE = 40_000_000  # bytes of text
NAME = "model.safetensors"
CPU = Recipe(device="cpu")


@pytest.fixture
def train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A large file, on a machine of eight cores and much memory where nobody has decided anything."""
    monkeypatch.delenv("OMP_NUM_THREADS")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    monkeypatch.setattr(launch, "_free_memory", lambda: 100e9)
    with (tmp_path / "train.txt").open("wb") as file:
        file.truncate(LARGE)
    return str(tmp_path / "train.txt")


def test_a_process_has_four_records_of_a_batch_at_least(train: str) -> None:
    assert launch.processes_for(CPU, [train], [], "minilm") == 4
    assert launch.processes_for(Recipe(device="cpu", batch_size=64), [train], [], "minilm") == 8
    assert launch.processes_for(Recipe(device="cpu", batch_size=3), [train], [], "minilm") == 1


def test_memory_has_room_for_all_of_them(train: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "_free_memory", lambda: 20e9)
    assert launch.processes_for(CPU, [train], [], "smollm2") == 2
    assert launch.processes_for(Recipe(device="cpu", token_budget=1024), [train], [], "smollm2") == 4
    monkeypatch.setattr(launch, "_free_memory", lambda: 8e9)
    assert launch.processes_for(CPU, [train], [], "smollm2") == 1


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16], ids=str)
def test_a_folder_counts_by_its_weights_of_whatever_size(train: str, tmp_path: Path, kind: torch.dtype) -> None:
    for weights, among in ((10_000_000, 4), (1000, 1)):
        save_file(
            {"one": torch.zeros(weights // 2, dtype=kind), "two": torch.zeros(2, weights // 4, dtype=kind)}, tmp_path / NAME
        )
        assert launch._weights(str(tmp_path)) == weights
        assert launch.processes_for(CPU, [train], [], str(tmp_path)) == among


def test_what_is_no_model_is_left_to_be_refused(train: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("not what it seems")
    assert launch.processes_for(CPU, [train], [], str(tmp_path)) == 1
    assert launch.processes_for(CPU, [train], [], "someone/something") == 1


def test_a_container_allows_what_it_does_not_take_but_for_cached_files(tmp_path: Path) -> None:
    for name, told in (("max", "5000"), ("current", "3000"), ("stat", "anon 900\ninactive_file 700\n")):
        (tmp_path / f"memory.{name}").write_text(told + "\n")
    assert launch._allowed(tmp_path) == 2700
    (tmp_path / "memory.max").write_text("max\n")
    assert launch._allowed(tmp_path) == float("inf")
    assert launch._free_memory() > 0


def test_where_there_is_little_to_do_or_no_telling_there_is_one(train: str, tmp_path: Path) -> None:
    (tmp_path / "small.txt").write_text("a little")
    for other in (str(tmp_path / "small.txt"), "-", "demo-ner", "none.txt"):
        assert launch.processes_for(CPU, [other], [], "minilm") == 1


def test_what_can_be_read_but_once_is_read_by_one(train: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for dev in ("-", str(tmp_path / "pipe"), "none.txt"):
        assert launch.processes_for(CPU, [train], [dev], "minilm") == 1
    assert launch.processes_for(CPU, [train], [train], "minilm") == 4


@pytest.mark.parametrize("decided", ["OMP_NUM_THREADS", "WORLD_SIZE"])
def test_who_has_decided_is_left_alone(train: str, decided: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(decided, "1")
    assert launch.processes_for(CPU, [train], [], "minilm") == 1


def test_an_accelerator_needs_no_others(train: str) -> None:
    assert launch.processes_for(Recipe(device="cuda"), [train], [], "minilm") == 1


@pytest.mark.slow
def test_two_that_start_by_themselves_make_one_model_and_leave_nothing(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    rows = [{"text": f"text {k}", "label": "ab"[k % 2]} for k in range(16)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    start = "from tasktune import cli; from tasktune.verbs import launch; launch._WORTH_IT = 0; cli.main()"
    given = ("fit", "classification", "--train", tmp_path / "rows.jsonl", "--model", tiny("bert"), "--out", tmp_path / "out")
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    command = [sys.executable, "-c", start, *map(str, given), "--device", "cpu", "--epochs", "1", "--batch-size", "8"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("accuracy") == 1
    made = json.loads((tmp_path / "out" / "tasktune.json").read_text())["made"]
    assert made["processes"] == min(2, len(os.sched_getaffinity(0)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "rows.jsonl"]
