"""Python processes as a shell or a launcher starts them, but forks of one that has imported torch, which takes each seconds."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_FORKING = get_context("forkserver")
_FORKING.set_forkserver_preload(["tasktune.verbs.fit", "tasktune.verbs.evaluate", "tasktune.verbs.show", "tasktune.cli"])


@dataclass(frozen=True)
class Forked:
    """One that runs: `python COMMAND`, what it says going to files of a folder."""

    process: Any
    folder: TemporaryDirectory[str]

    def ended(self, within: float = 240) -> tuple[int, str, str]:
        """The exit code, standard output and standard error, once it has ended; it is killed where that takes too long."""
        self.process.join(within)
        if late := self.process.is_alive():
            self.process.kill()
            self.process.join()
        with self.folder as folder:
            out, err = (Path(folder, name).read_text() for name in ("out", "err"))
        assert not late, f"not done after {within} seconds; it said: {out}{err}"
        return self.process.exitcode, out, err


def forked(command: Sequence[object], environment: Mapping[str, str]) -> Forked:
    """Start `python COMMAND` in an environment."""
    folder = TemporaryDirectory()
    process = _FORKING.Process(target=_live, args=([*map(str, command)], {**environment}, folder.name))
    process.start()
    return Forked(process, folder)


def _live(command: list[str], environment: dict[str, str], folder: str) -> None:
    for stream, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(Path(folder, name), os.O_WRONLY | os.O_CREAT), stream)
    os.environ.clear()
    os.environ.update(environment)
    match command:
        case "-c", code, *given:
            sys.argv = ["-c", *given]
            exec(code, {"__name__": "__main__"})  # noqa: S102
        case "-m", name, *given:
            sys.argv = [name, *given]
            runpy.run_module(name, run_name="__main__", alter_sys=True)
        case path, *given:
            sys.argv = [path, *given]
            runpy.run_path(path, run_name="__main__")
