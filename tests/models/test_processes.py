"""Several processes do what one does: the same losses, the same scores, one voice, and nobody waits for the dead."""

from __future__ import annotations

import json
import math
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import side_by_side
from forked import forked
from tasktune.core import InputError, Lost
from tasktune.models import processes
from tasktune.models.model import load

Tiny = Callable[[str], Path]
CASES = ("nli=bert", "ner=roberta", "regression=bert", "multilabel=t5", "chat=llama", "generation=gpt2", "ner=bert=4")
SEEN = "vqa=llava"
"""What a network in parts does not learn."""
IN_PARTS = {"ACCELERATE_USE_FSDP": "true"}
"""What `accelerate launch --use_fsdp` sets."""


def launched(*commands: Sequence[object], **more: str) -> list[tuple[int, str, str]]:
    """The exit code, standard output and standard error of processes as a launcher starts them, a command each."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {**os.environ, **more, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": str(len(commands))}
    started = [forked(command, {**shared, "RANK": str(k), "LOCAL_RANK": str(k)}) for k, command in enumerate(commands)]
    return [process.ended() for process in started]


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


SUM = """
import torch
from tasktune.models import processes

with processes.together():
    both, second, none = (torch.nn.Parameter(torch.ones(3)) for _ in range(3))
    add = processes.Sum([both, second, none])
    for _ in range(2):
        both.grad, second.grad, none.grad = torch.ones(3), None, None
        if processes.rank() == 1:
            second.grad = torch.full((3,), 2.0)
        assert add(0.5) == 1.0
        assert both.grad.tolist() == second.grad.tolist() == [2.0] * 3
        assert none.grad is None
"""


@pytest.mark.slow
def test_a_weight_that_none_of_them_has_a_gradient_of_has_none_in_the_sum() -> None:
    for code, _, err in launched(("-c", SUM), ("-c", SUM)):
        assert code == 0, err


@pytest.fixture(scope="module")
def alone(tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Any]:
    """The cases as the script is given them, and what it makes of them in one process."""
    cases = [case.replace(kind, str(tiny(kind)), 1) for case in (*CASES, SEEN) for kind in case.split("=")[1:2]]
    out = tmp_path_factory.mktemp("alone") / "out.json"
    side_by_side.main(str(out), *cases)
    return cases, json.loads(out.read_text())


def numbers(score: dict[str, float | None]) -> dict[str, float]:
    """A figure with its interval, of which some have none."""
    return {name: math.nan if value is None else value for name, value in score.items()}


@pytest.mark.slow
@pytest.mark.parametrize("laid", [{}, IN_PARTS], ids=["whole", "in-parts"])
def test_two_processes_have_the_losses_the_scores_and_the_weights_of_one(
    laid: dict[str, str], alone: tuple[list[str], Any], tmp_path: Path
) -> None:
    count = len(CASES) if laid else len(CASES) + 1
    cases, by_one = (each[:count] for each in alone)
    command = [side_by_side.__file__, tmp_path / "out.json", *cases]
    for code, _, err in launched(command, command, **laid):
        assert code == 0, err
    by_two = json.loads((tmp_path / "out.json").read_text())
    for case, one, two in zip((*CASES, SEEN)[:count], by_one, by_two, strict=True):
        assert len(one["losses"]) == 6, case
        assert two["told"] == one["told"]
        assert two["losses"] == pytest.approx(one["losses"], abs=1e-5), case
        assert two["weights"] == pytest.approx(one["weights"], abs=1e-3), case
        for name, score in one["evaluation"]["scores"].items():
            found = numbers(two["evaluation"]["scores"][name])
            assert found == pytest.approx(numbers(score), rel=1e-4, abs=1e-6, nan_ok=True), case
            assert name != "pearson" or found["value"] > 0.9  # else it says more of rounding than of the model
        assert two["evaluation"]["lost"] == one["evaluation"]["lost"], case


@pytest.mark.slow
@pytest.mark.parametrize(
    ("begun_by", "ended_by", "laid"), [(1, 2, {}), (2, 1, {}), pytest.param(2, 2, IN_PARTS, marks=pytest.mark.long)]
)
def test_what_some_have_begun_others_end(
    begun_by: int,
    ended_by: int,
    laid: dict[str, str],
    alone: tuple[list[str], Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (case, *_), (never_stopped, *_) = alone
    out, kept = tmp_path / "out.json", tmp_path / "kept" / "nli"
    kept.mkdir(parents=True)
    command = [side_by_side.__file__, out, case]
    monkeypatch.setenv("KEPT", str(kept.parent))
    if begun_by == 2:
        assert [code for code, *_ in launched(command, command, STOP="5", **laid)] == [1, 1]
    else:
        monkeypatch.setenv("STOP", "5")
        with pytest.raises(InputError, match="stopped"):
            side_by_side.main(str(out), case)
        monkeypatch.delenv("STOP")
    assert sorted(path.name for path in kept.iterdir()) == ["step-00000004", "step-00000005"]
    if laid:
        with pytest.raises(InputError, match="of a network in parts"):
            side_by_side.main(str(out), case)
    if ended_by == 1:
        side_by_side.main(str(out), case)
        said = [capsys.readouterr().out]
    else:
        codes, said, _ = zip(*launched(command, command, **laid), strict=True)
        assert codes == (0, 0)
    assert all("going on after step 5" in each for each in said)
    (ended,) = json.loads(out.read_text())
    assert ended["losses"] == pytest.approx(never_stopped["losses"], abs=1e-5)
    assert ended["weights"] == pytest.approx(never_stopped["weights"], abs=1e-3)


APART = "import os, sys; os.environ['KEPT'] += os.environ['RANK']; import side_by_side; side_by_side.main(*sys.argv[1:])"


@pytest.mark.slow
def test_checkpoints_that_only_some_of_them_see_are_refused(alone: tuple[list[str], Any], tmp_path: Path) -> None:
    (case, *_), _ = alone
    for rank in (0, 1):
        (tmp_path / f"disk{rank}" / "nli").mkdir(parents=True)
    command = ["-c", APART, tmp_path / "out.json", case]
    for stop, told in (("5", "stopped"), ("-1", "--out must lie on storage that all of them share")):
        for code, _, err in launched(command, command, KEPT=str(tmp_path / "disk"), STOP=stop):
            assert code == 1
            assert told in err


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Sixty sentences, the last of which has no label."""
    told = [{"text": f"text {k} " + "and more " * (k % 7), "label": "ab"[k % 2]} for k in range(60)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in told))
    return tmp_path / "rows.jsonl"


def fitting(model: Path, rows: Path, out: Path) -> list[object]:
    """A command line that tunes a model."""
    options = ("--epochs", 3, "--batch-size", 8, "--learning-rate", 1e-3)
    return ["-m", "tasktune", "fit", "classification", "--model", model, "--train", rows, "--dev", rows, "--out", out, *options]


@pytest.mark.slow
def test_the_command_is_one_command_however_many_run_it(tiny: Tiny, rows: Path, tmp_path: Path) -> None:
    """They write one folder, show one table, and on what they refuse they say one thing."""
    command = fitting(tiny("bert"), rows, tmp_path / "two")
    (code, shown, err), *others = launched(command, command)
    assert code == 0, err
    assert shown.count("accuracy") == 1
    assert others == [(0, "", "")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.jsonl", "two"]

    rows.write_text(rows.read_text() + '{"text": "without a label"}\n')
    command = fitting(tiny("bert"), rows, tmp_path / "three")
    (code, shown, err), *others = launched(command, command)
    assert (code, shown) == (2, "")
    assert err.count("has no answer to learn from") == err.count("\n") == 1
    assert others == [(2, "", "")]
    assert not (tmp_path / "three").exists()


@pytest.mark.slow
def test_what_one_of_them_refuses_ends_all_of_them_with_its_words(tiny: Tiny, rows: Path, tmp_path: Path) -> None:
    mine, other = tmp_path / "mine.jsonl", rows
    mine.write_text(rows.read_text())
    other.write_text(rows.read_text() + '{"text": "without a label"}\n')
    first, second = launched(*(fitting(tiny("bert"), data, tmp_path / "out") for data in (mine, other)))
    assert (first[0], second) == (2, (2, "", ""))
    assert "rows.jsonl:61' has no answer to learn from" in first[2]
    assert "Traceback" not in first[2]
    assert not (tmp_path / "out").exists()


@pytest.mark.long
@pytest.mark.parametrize("launcher", ["torchrun", "accelerate"])
def test_launchers_start_it(launcher: str, tiny: Tiny, rows: Path, tmp_path: Path) -> None:
    among = {
        "torchrun": ["torchrun", "--standalone", "--nproc-per-node", "2"],
        "accelerate": ["accelerate", "launch", "--cpu", "--num_processes", "2", "--num_machines", "1", "--mixed_precision", "no"],
    }[launcher]
    named = [Path(sys.executable).with_name(among[0]), *among[1:], *fitting(tiny("bert"), rows, tmp_path / "out")]
    done = subprocess.run(list(map(str, named)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("accuracy") == 1
    assert load(tmp_path / "out").predict(["text 3"])[0].answer in "ab"
