"""The process that stands guard over a trial: `python -I -S -c … warden`, with a job in JSON on standard input.

It is started with the limits as arguments, begins the other two processes before it knows the job (the suspect must not have
seen the tests), and writes the verdict, if there is one, to standard output. Its exit code is 0, or `LATE`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from itertools import pairwise
from math import ceil
from pathlib import Path

from tasktune.sandbox import jail, suspect, tester

LATE = 124
"""The exit code where time ran out, as timeout(1) has it."""

_PATIENCE = 3
"""How many times as long as a program may compute a trial may take by the clock, on a machine that has other things to do."""


def main(walls: str, seconds: str, memory: str, disk: str, processes: str) -> None:
    """Hold a trial. `walls` are "namespaces" or "limits"."""
    os.environ.clear()
    apart, (own, other) = walls == "namespaces", jail.users()
    # Without namespaces of their own, processes are counted with all others of the same user: so there may be no more of them.
    count = int(processes) if apart or os.geteuid() == 0 else 0

    def bounded(user: int) -> None:
        jail.limit(ceil(float(seconds)), int(memory), int(disk), count)
        jail.give_up_rights(user)

    def answer(asks: int, answers: int) -> None:
        _silence(0, 1, 2)
        _close_all_but(asks, answers)
        bounded(other)
        suspect.run(asks, answers)

    def test() -> None:
        asks, asked, answered, answers = *os.pipe(), *os.pipe()
        if apart:
            jail.begin_processes()
        _child(lambda: answer(asks, answers))
        os.close(asks)
        os.close(answers)
        bounded(own)
        jail.hide()
        job, verdict = json.load(sys.stdin), os.dup(1)
        _silence(0, 1, 2)
        os.write(verdict, json.dumps(tester.run(asked, answered, job)).encode())

    if apart:
        jail.separate(int(disk))
    else:
        jail.adopt()
        jail.own_folder(other)
    late = _watched(_child(test), _PATIENCE * float(seconds))
    if not apart:
        _end_orphans()
    os._exit(LATE if late else 0)


def _child(work: Callable[[], None]) -> int:
    """A process that does some work and ends, whatever comes of it."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(0)


def _watched(child: int, seconds: float) -> bool:
    """Wait for a process, and end it when its time is up; whether it was."""
    late = False

    def end(*_: object) -> None:
        nonlocal late
        late = True
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    os.waitpid(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return late


def _silence(*files: int) -> None:
    """Let file descriptors lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for file in files:
        os.dup2(nowhere, file)
    os.close(nowhere)


def _close_all_but(*files: int) -> None:
    """Close all file descriptors from 3 on but these."""
    for start, end in pairwise((2, *sorted(files), 64)):
        os.closerange(start + 1, end)


def _end_orphans() -> None:
    """End what the trial has left: this process has adopted it, however far it went to get away (Linux only)."""
    while sys.platform == "linux":
        for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return
