"""Contestants in turn: A B, B A, A B …, so that whatever else the machine does befalls all of them alike.

Each contestant is a process of its own, held to the same cores, that makes itself ready once (imports, models, data) and then
waits. The harness hands it the baton; the clock runs from then until it hands the baton over with the amount of work that it
did. The first turn of each warms it up and is not counted. So a turn may as well be a slice of one long training: the contestant
stops in the callback of a step, and goes on when it is its turn again.
"""

from __future__ import annotations

import multiprocessing as mp
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from traceback import format_exc
from typing import Any, Self

import psutil

Facts = dict[str, Any]
"""What a contestant tells once all turns are over, as JSON."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a contestant has to do: with a model (a name or a folder), an `amount` a turn, that many `turns`, in a `folder`."""

    model: str
    amount: int
    turns: int
    threads: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Side:
    """A contestant: the function `module:name` that is it, called with a baton, what is asked, and `options`."""

    function: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: the work done, wall and CPU seconds it took, and the most memory it held (MiB), its child processes included."""

    amount: float
    seconds: float
    cpu: float
    peak: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The counted turns and the facts of each contestant, and why one is missing where it failed."""

    turns: dict[str, list[Turn]]
    facts: dict[str, Facts]
    failed: dict[str, str]


class Baton:
    """A contestant's end of the line. It calls `take` when it is ready, and `hand_over` after each piece of work."""

    def __init__(self, line: Connection) -> None:
        self._line = line
        self._began = self._cpu = 0.0

    def take(self) -> bool:
        """Wait for the turn and start the clock. False where there are no more turns."""
        self._line.send("ready")
        if not self._line.recv():
            return False
        _forget_peaks()
        self._cpu, self._began = _cpu_seconds(), perf_counter()
        return True

    def hand_over(self, amount: float) -> bool:
        """Stop the clock, tell the amount of work that was done, and wait for the next turn."""
        seconds, cpu = perf_counter() - self._began, _cpu_seconds() - self._cpu
        self._line.send(Turn(amount, seconds, cpu, _peak()))
        return self.take()


class Worker:
    """The harness's end of the line, and the process at the other."""

    def __init__(self, name: str, side: Side, asked: Asked) -> None:
        self.name = name
        self._line, theirs = mp.Pipe()
        context = mp.get_context("spawn")
        self._process = context.Process(target=_contestant, args=(theirs, side, asked))
        with _threads(asked.threads):
            self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.terminate()

    def _hear(self) -> Any:
        """What the process says next. Raises `RuntimeError` with its traceback where it failed."""
        try:
            said = self._line.recv()
        except EOFError:
            raise RuntimeError(f"{self.name} ended without a word (killed, or out of memory?)") from None
        if isinstance(said, str) and said != "ready":
            raise RuntimeError(said)
        return said

    def ready(self) -> None:
        """Wait until it is."""
        self._hear()

    def turn(self) -> Turn:
        """Let it do one piece of work."""
        self._line.send(True)
        turn: Turn = self._hear()
        self.ready()
        return turn

    def finish(self) -> Facts:
        """Tell it that there are no more turns, and hear what it has to tell."""
        self._line.send(False)
        facts: Facts = self._hear()
        return facts


def interleaved(sides: Mapping[str, Side], asked: Asked) -> Outcome:
    """Let all sides have their turns, the first of them uncounted, in an order that is reversed each time.

    A side that fails is left out from there on; the others go on.
    """
    outcome = Outcome({name: [] for name in sides}, {}, {})
    with ExitStack() as stack:
        workers: dict[str, Worker] = {}

        def attempt(name: str, what: Any) -> Any:
            try:
                return what()
            except (RuntimeError, OSError) as wrong:
                outcome.failed[name] = str(wrong)
                workers.pop(name, None)
                return None

        for name, side in sides.items():  # one after the other: some try out settings while they make themselves ready
            workers[name] = stack.enter_context(Worker(name, side, asked))
            attempt(name, workers[name].ready)
        for number in range(asked.turns):
            for name in order(list(workers), number):
                turn = attempt(name, workers[name].turn)
                if turn is not None and number:
                    outcome.turns[name].append(turn)
        for name, worker in list(workers.items()):
            outcome.facts[name] = attempt(name, worker.finish) or {}
    return outcome


def order(names: Sequence[str], number: int) -> list[str]:
    """A B, then B A, and so on."""
    return list(names) if number % 2 == 0 else list(reversed(names))


def _contestant(line: Connection, side: Side, asked: Asked) -> None:
    """The whole life of a contestant's process."""
    module, _, name = side.function.partition(":")
    with suppress(BrokenPipeError):
        try:
            _hold_to(asked.threads)
            line.send(getattr(import_module(module), name)(Baton(line), asked, **side.options) or {})
        except BaseException:
            line.send(format_exc())


def _hold_to(cores: int) -> None:
    """Let this process and its children run on that many cores only: a side that starts processes has no more than the other."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Processes that are started meanwhile have this many threads from their first import on."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = str(count)
    try:
        yield
    finally:
        del os.environ["OMP_NUM_THREADS"]
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before


def _family() -> list[psutil.Process]:
    me = psutil.Process()
    return [me, *me.children(recursive=True)]


def _cpu_seconds() -> float:
    """CPU seconds of this process, of its living children and of those that it has waited for."""
    me, *others = _family()
    total = process_time() + sum(me.cpu_times()[2:4])
    for process in others:
        with suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:4])
    return total


def _forget_peaks() -> None:
    """Start the high-water marks of resident memory anew (see proc(5), clear_refs)."""
    for process in _family():
        with suppress(OSError):
            Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def _peak() -> float:
    """The high-water marks of this process and its living children, summed, in MiB."""
    kilobytes = 0
    for process in _family():
        with suppress(OSError):
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            kilobytes += next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
    return kilobytes / 1024
