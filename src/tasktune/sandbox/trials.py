"""Trials of programs: a program and its tests in, whether they pass out. The package says what a trial is and what it guards
against.

>>> tried(Trial("def add(a, b): return a + b", "assert add(1, 2) == 3"))
Verdict(passed=True, why='')
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from tasktune.sandbox.warden import LATE

Walls = Literal["namespaces", "limits"]

_START = "import sys; sys.path.append(sys.argv.pop(1)); from tasktune.sandbox import warden; warden.main(*sys.argv[1:])"
_SOURCE = str(Path(__file__).resolve().parents[2])
_SPARE = 10.0
"""Seconds that the warden has beyond those of the trial, before it is ended itself."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may take: `seconds` of a processor for each process (three times that by the clock in all), bytes of
    `memory` for a process, bytes of `disk`, and `processes`, threads counted as such.
    """

    seconds: float = 3.0
    memory: int = 1 << 28
    disk: int = 1 << 24
    processes: int = 8


@dataclass(frozen=True, slots=True)
class Trial:
    """A program in Python, and tests of it: statements that raise where it is wrong.

    `given` is code that the tests may use beside the program's and that the program cannot change; `entry_point` is the name
    that is tested, even where `given` has it too.
    """

    program: str
    tests: str
    given: str = ""
    entry_point: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a program passed its tests, and if not, why not."""

    passed: bool
    why: str = ""


USUAL = Limits()
_TOO_LATE = Verdict(False, "its time was up")


def verdicts(trials: Iterable[Trial], limits: Limits = USUAL) -> list[Verdict]:
    """The verdicts on trials, in their order; as many are held at a time as there are processors."""
    with ThreadPoolExecutor(_processors()) as threads:
        return [*threads.map(lambda trial: tried(trial, limits), trials)]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def tried(trial: Trial, limits: Limits = USUAL) -> Verdict:
    """The verdict on a trial. Warns, once, where there are no namespaces to hold it in."""
    return _held(trial, limits, walls())


@cache
def walls() -> Walls:
    """What trials are held within: "namespaces" where the system lets one make them, else "limits" alone, with a warning."""
    found = _held(Trial("", ""), Limits(seconds=30), "namespaces")
    if found.passed:
        return "namespaces"
    warnings.warn(
        "programs are run with limits on time, memory and files, but within no walls: they can read and write what you can, and "
        f"use the network. Run none that you do not trust, or run this in a virtual machine ({found.why})",
        stacklevel=3,
    )
    return "limits"


def _held(trial: Trial, limits: Limits, within: Walls) -> Verdict:
    with (
        TemporaryDirectory(prefix="tasktune-", ignore_cleanup_errors=True) as folder,
        subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _START, _SOURCE, within, *map(str, asdict(limits).values())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={},
            start_new_session=True,
        ) as warden,
    ):
        try:
            said, error = warden.communicate(json.dumps(asdict(trial)).encode(), 3 * limits.seconds + _SPARE)
        except subprocess.TimeoutExpired:
            return _TOO_LATE
        finally:
            if warden.returncode is None:
                os.killpg(warden.pid, signal.SIGKILL)
                warden.communicate()
    if warden.returncode == LATE:
        return _TOO_LATE
    if not said:
        return Verdict(False, error.decode(errors="replace").strip().rpartition("\n")[2] or "it ended the tests")
    why = json.loads(said)
    return Verdict(not why, why)
