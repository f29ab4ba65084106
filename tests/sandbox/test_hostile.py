"""Programs that cheat, harm and spy: none passes its tests, and none leaves a trace.

Each file in `hostile/` is a program with a function `solve` that should square a number. It answers rightly only where it has
done what its docstring says; else it must get its tests to pass in some other way.
"""

import os
import random
import socket
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest

from tasktune.sandbox.trials import Limits, Trial, tried, walls
from traces import running

HERE = Path(__file__).parent
HOSTILE = sorted((HERE / "hostile").glob("*.py"))
TESTS = """
assert {solve(3)} == {9}
assert set([solve(-2)]) == set([4])
assert math.isclose(solve(2), 4) and abs(solve(1) - 1) < 1e-6
"""
LIBRARY = Path(os.__file__).parent
REACHED = [Path(at) for at in ("/", "/tmp", "/var/tmp", "/dev/shm", "/usr", "/work", "~", *sys.path, str(LIBRARY), ".") if at]


def _walls_are_up() -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return walls() == "namespaces"


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not _walls_are_up(), reason="there are no namespaces here, and without walls these do harm"),
]


class Server:
    """Listens where hostile programs call, and remembers whether one did."""

    def __init__(self) -> None:
        self.called = 0
        self.lines = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)]
        self.port = self.lines[0].getsockname()[1]
        self.name = f"tasktune-hostile-{self.port}"
        self.lines[1].bind(f"\0{self.name}")
        self.lines[1].listen()
        for line in self.lines:
            threading.Thread(target=self._wait, args=(line,), daemon=True).start()

    def _wait(self, line: socket.socket) -> None:
        try:
            while True:
                caller, _ = line.accept()
                caller.close()
                self.called += 1
        except OSError:
            return

    def close(self) -> None:
        for line in self.lines:
            line.shutdown(socket.SHUT_RDWR)
            line.close()


@pytest.fixture
def server():
    made = Server()
    yield made
    made.close()


def listening(port: int) -> bool:
    lines = [line for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
    return any(f":{port:04X} " in line and " 0A " in line for line in lines)


def written() -> set[Path]:
    """What there is under the names that hostile programs give to files."""
    names = ("filler-*", "stays", "was-here")
    return {found for folder in REACHED for name in names for found in folder.expanduser().glob(f"tasktune-{name}")}


def test_there_are_forty():
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_hostile_program_fails_and_leaves_no_trace(path, server, tmp_path, monkeypatch):
    monkeypatch.setenv("TASKTUNE_SECRET", "secret")
    (tmp_path / "secret").write_text("secret")
    seconds = 0.4 + random.randrange(10**9) * 1e-12  # by which the processes of this trial are known
    program = path.read_text().replace("47113", str(server.port)).replace("tasktune-hostile", server.name)
    before, library = written(), sorted(LIBRARY.iterdir())

    verdict = tried(Trial(program.replace("CANARY", str(tmp_path)), TESTS), Limits(seconds=seconds))

    assert not verdict.passed
    assert not running(str(seconds))
    assert not server.called
    assert not listening(47114)
    assert written() == before
    assert sorted(LIBRARY.iterdir()) == library
    assert sorted(tmp_path.iterdir()) == [tmp_path / "secret"]
    assert (tmp_path / "secret").read_text() == "secret"


def test_traces_would_be_seen(server):
    socket.create_connection(("127.0.0.1", server.port)).close()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(f"\0{server.name}")
    deadline = time.monotonic() + 10
    while server.called < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.called == 2
    assert listening(server.port)
    trial = threading.Thread(target=tried, args=(Trial("while True: pass", ""), Limits(seconds=1.000001)))
    trial.start()
    while not running("1.000001") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(running("1.000001")) >= 1
    trial.join()
    assert not running("1.000001")
