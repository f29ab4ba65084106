"""Checkpoints are whole or not used: whatever happens to the newest is noticed and named, and the one before it is there."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from tasktune.core import InputError
from tasktune.models.checkpoints import Checkpoint, Checkpoints, Pace, claimed
from tasktune.models.durable import SUMS

FILES = ("weights.safetensors", "best.safetensors", "optimizer.safetensors", "chance.safetensors", "state.json", SUMS)
RUN = {"seed": 13, "the training data": "abc", "decoding": {"stop": ("x",)}}


def checkpoint(step: int) -> Checkpoint:
    tensors = {name.split(".")[0]: {"a": torch.full((3, 4), float(step)), "b": torch.arange(step).t()} for name in FILES[:4]}
    return Checkpoint(step, tensors, {"losses": [0.1 * k for k in range(step)], "history": [[1, float("nan")]]})


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def kept(tmp_path: Path, said: list[str]) -> Checkpoints:
    return Checkpoints(tmp_path, lambda: RUN, said.append)


def steps(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_saved_comes_back_to_the_bit(kept: Checkpoints, said: list[str]) -> None:
    now = checkpoint(7)
    kept.save(now)
    found = kept.newest()
    assert found is not None
    assert found.step == 7
    assert found.tensors.keys() == now.tensors.keys()
    for name, tensors in now.tensors.items():
        assert all(torch.equal(found.tensors[name][key], tensor) for key, tensor in tensors.items())
    assert found.facts["losses"] == now.facts["losses"]
    assert str(found.facts["history"]) == "[[1, nan]]"
    assert "step-00000007" in said[0]


def test_without_any_there_is_none_and_nothing_to_say(kept: Checkpoints, said: list[str]) -> None:
    assert kept.newest() is None
    assert said == []


def test_the_newest_two_are_kept(kept: Checkpoints, tmp_path: Path) -> None:
    for step in (8, 9, 10, 100):
        kept.save(checkpoint(step))
    assert steps(tmp_path) == ["step-00000010", "step-00000100"]


def test_its_files_are_plain_and_their_sums_are_those_of_sha256sum(kept: Checkpoints, tmp_path: Path) -> None:
    kept.save(checkpoint(3))
    assert steps(tmp_path / "step-00000003") == sorted(FILES)
    command = ["sha256sum", "--check", "--strict", "--quiet", SUMS]
    assert subprocess.run(command, cwd=tmp_path / "step-00000003", check=False).returncode == 0
    json.loads((tmp_path / "step-00000003/state.json").read_text())


def flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 0x20]) + data[middle + 1 :]  # 0x20: for a letter, its other case


DAMAGES: dict[str, Callable[[bytes], bytes] | None] = {
    "missing": None,
    "empty": lambda data: b"",
    "truncated": lambda data: data[:-1],
    "a flipped bit": flip,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_any_damage_is_named_and_the_one_before_is_used(
    name: str, damage: str, kept: Checkpoints, said: list[str], tmp_path: Path
) -> None:
    for step in (4, 5):
        kept.save(checkpoint(step))
    spoil, file = DAMAGES[damage], tmp_path / "step-00000005" / name
    file.write_bytes(spoil(file.read_bytes())) if spoil else file.unlink()
    found = kept.newest()
    assert found is not None
    assert found.step == 4
    assert "step-00000005 is damaged" in said[0]
    assert name in said[0]
    kept.save(checkpoint(5))  # takes its place again


def test_any_bit_of_the_sums_counts(kept: Checkpoints, tmp_path: Path) -> None:
    kept.save(checkpoint(1))
    sums = tmp_path / "step-00000001" / SUMS
    whole = sums.read_bytes()
    for bit in range(0, 8 * len(whole), 29):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        sums.write_bytes(flipped)
        assert SUMS in damage_of(sums.parent)
    sums.write_bytes(whole)
    assert damage_of(sums.parent) == ""


def damage_of(folder: Path) -> str:
    from tasktune.models.durable import damage

    return damage(folder)


def test_where_all_are_damaged_training_begins_anew_and_says_so(kept: Checkpoints, said: list[str], tmp_path: Path) -> None:
    for step in (4, 5):
        kept.save(checkpoint(step))
        (tmp_path / f"step-{step:08d}/state.json").unlink()
    assert kept.newest() is None
    assert "begins anew" in said[-1]
    assert steps(tmp_path) == []


def test_those_of_another_run_are_refused_with_what_differs(kept: Checkpoints, tmp_path: Path) -> None:
    kept.save(checkpoint(4))
    other = Checkpoints(tmp_path, lambda: {**RUN, "seed": 14, "lora": 2}, lambda message: None)
    with pytest.raises(InputError, match=r"seed was 13, is 14; lora was None, is 2\. .*rm -r") as refused:
        other.newest()
    assert "training data" not in str(refused.value)
    assert steps(tmp_path) == ["step-00000004"]


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Writing beyond `size` bytes fails, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize("size", [0, 250])  # no byte, and all of one file but not of another
def test_a_disk_that_does_not_take_it_is_told_and_the_one_before_is_left(size: int, kept: Checkpoints, tmp_path: Path) -> None:
    kept.save(checkpoint(4))
    with (
        largest_file(size),
        pytest.raises(InputError, match=r"step 5 cannot be written .*Make room there and give the same command"),
    ):
        kept.save(checkpoint(5))
    assert steps(tmp_path) == ["step-00000004"]
    found = kept.newest()
    assert found is not None
    assert found.step == 4


def test_the_interval_grows_with_the_square_root_of_the_cost() -> None:
    pace = Pace()
    assert not pace.due()
    intervals = []
    for cost in (0.001, 1.0, 4.0):
        pace.took(cost)
        intervals.append(pace.interval)
    assert intervals[0] == 30.0
    assert intervals[1] == pytest.approx(294, abs=1)
    assert intervals[2] == pytest.approx(2 * intervals[1])
    pace.last -= 600
    assert pace.due()


def test_one_run_at_a_time_has_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "x"
    with claimed(out) as folder:
        Checkpoints(folder, dict, print).save(checkpoint(1))
        with pytest.raises(InputError, match="x is being made by another run just now"), claimed(out):
            pass
        assert (folder / "step-00000001").is_dir()
    with claimed(out) as folder:
        assert (folder / "step-00000001").is_dir()


def test_a_folder_without_checkpoints_is_not_left(tmp_path: Path) -> None:
    with claimed(tmp_path / "deep" / "x") as folder:
        assert folder.is_dir()
    assert steps(tmp_path) == []
    with claimed(tmp_path / "deep" / "x"):
        (tmp_path / "deep" / "x").mkdir()
    assert steps(tmp_path / "deep") == ["x"]


def test_what_a_killed_process_left_is_cleared(tmp_path: Path) -> None:
    with claimed(tmp_path / "x") as folder:
        Checkpoints(folder, dict, print).save(checkpoint(1))
        (folder / ".half").mkdir()
        (folder / ".half" / "weights.safetensors").write_text("…")
    with claimed(tmp_path / "x") as folder:
        assert steps(folder) == ["lock", "step-00000001"]
