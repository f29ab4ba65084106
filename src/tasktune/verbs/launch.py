"""A process a core: on processors, `tasktune fit` tunes with several processes of a few threads each, where that pays.

Threads that share one matrix product wait for one another after each; processes that share a batch wait once a step. The others
are started with the command line of this one, as a launcher would, before torch is loaded, so that all load it at the same time.
Whoever sets OMP_NUM_THREADS has decided for himself, as has whoever uses a launcher.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from math import inf, prod
from pathlib import Path

from safetensors import SafetensorError, safe_open

from tasktune.models.named import NAMED
from tasktune.recipe import FEWEST_EPOCHS, Recipe

_RECORDS = 4
"""Records of a batch that a process should have at least: with fewer, there is more to add up than to compute."""

_WORTH_IT = 3e12
"""Floating-point operations of a training that take a core about half a minute; less is done before the others are there."""

_BYTES_A_TOKEN = 4
"""Of a text file: English has four or five characters a token."""

_BYTES_A_WEIGHT = 16
"""In training: a weight, its gradient and Adam's two moments, of four bytes each."""

_BYTES_A_WEIGHT_AND_TOKEN = 0.01
"""What a token of a pass leaves in the layers for the way back in fp32: 68 × hidden size × layers bytes (Korthikanti et al. 2022,
§4.1) are 0.009 for each weight of smollm2, 0.007 of minilm, and less of larger models."""

_BESIDE = 0.7e9
"""Bytes that a process takes beside all this: Python and torch."""


def processes_for(recipe: Recipe, train: Collection[str], dev: Collection[str], model: str) -> int:
    """How many processes should tune `model` on the files `train` on this machine's processor; 1 where there is no telling.

    Only one of them could read what can be read but once: standard input, a pipe.
    """
    if not _free_to_choose(recipe) or not all(Path(data).is_file() for data in (*train, *dev)):
        return 1
    weights = _weights(model)
    work = 6 * weights * sum(Path(data).stat().st_size for data in train) / _BYTES_A_TOKEN * (recipe.epochs or FEWEST_EPOCHS)
    needed = weights * (_BYTES_A_WEIGHT + _BYTES_A_WEIGHT_AND_TOKEN * recipe.token_budget) + _BESIDE
    cores, room = len(os.sched_getaffinity(0)), int(_free_memory() / needed)
    return max(1, min(cores, room, recipe.batch_size // _RECORDS)) if work > _WORTH_IT else 1


def _free_to_choose(recipe: Recipe) -> bool:
    decided = {"OMP_NUM_THREADS", "WORLD_SIZE"} & os.environ.keys()
    accelerated = sys.platform != "linux" or any(Path(device).exists() for device in ("/dev/nvidiactl", "/dev/kfd", "/dev/dri"))
    return not decided and (recipe.device == "cpu" or (recipe.device == "auto" and not accelerated))


def _weights(model: str) -> float:
    """How many weights a model has; 0 where there is no telling."""
    if model in NAMED:
        return float(NAMED[model].parameters)
    try:
        return float(sum(map(_numbers, Path(model).glob("*.safetensors"))))
    except (OSError, SafetensorError):  # `fit` says what is wrong with it
        return 0.0


def _numbers(file: Path) -> int:
    """How many numbers a file holds, of whatever size, by its header."""
    with safe_open(file, "np") as held:
        return sum(prod(held.get_slice(name).get_shape()) for name in held.keys())  # noqa: SIM118 (no mapping)


def _free_memory() -> float:
    """Bytes that can be had without another process's losing its own, nor this one's exceeding what a container allows it."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    free = 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    return min([free, *map(_allowed, _groups())])


def _groups() -> list[Path]:
    """The control groups (v2) of this process that limit its memory."""
    told = Path("/proc/self/cgroup")
    named = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    own = [Path("/sys/fs/cgroup", line.removeprefix("0::").lstrip("/")) for line in named if line.startswith("0::")]
    return [group for path in own for group in (path, *path.parents) if (group / "memory.max").is_file()]


def _allowed(group: Path) -> float:
    """Bytes that a control group may still take; cached files that nobody reads make room for them."""
    limit, current, told = ((group / f"memory.{name}").read_text(encoding="ascii") for name in ("max", "current", "stat"))
    unread = next((int(line.split()[1]) for line in told.splitlines() if line.startswith("inactive_file ")), 0)
    return inf if limit.strip() == "max" else float(int(limit) - int(current) + unread)


@contextmanager
def companions(count: int) -> Iterator[None]:
    """Make this process the first of `count` that run its command line together, each with its share of the cores."""
    if count == 1:
        yield
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "WORLD_SIZE": str(count),
        "OMP_NUM_THREADS": str(len(os.sched_getaffinity(0)) // count),
    }
    command = [sys.executable, "-m", "tasktune", *sys.argv[1:]]
    others = [
        subprocess.Popen(  # in a session of its own, since Ctrl-C is for the first one, which sees to the others
            command,
            env={**os.environ, **shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        for rank in range(1, count)
    ]
    os.environ.update({**shared, "RANK": "0", "LOCAL_RANK": "0"})
    try:
        yield
    finally:
        for other in others:
            other.terminate()
            other.wait()
