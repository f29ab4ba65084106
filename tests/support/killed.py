"""Tunes a tiny model again and again in processes that are killed, half of them amid writing a checkpoint; says what it came to.

Run as a program, with a folder, the number of kills and a seed: it imports torch once, and each life is a fork of it. A life ends
at the n-th line of the code in question, so that the same seed kills at the same places, between any two operations on the disk.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import torch

from cases import KNOWING, example
from families import TINY
from tasktune.models import checkpoints, course, durable, training
from tasktune.verbs.fit import fit

RECIPE = replace(KNOWING, epochs=4, batch_size=2, evaluations=0.5, patience=0)
"""Eight steps, evaluated after every fourth."""

IN_SAVE = {checkpoints.__file__, durable.__file__}
AT_WORK = {training.__file__, course.__file__}

Note = Callable[[], None]


@contextmanager
def lines(files: set[str | None], note: Note) -> Iterator[None]:
    """Call `note` before each line of these files that runs meanwhile."""

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            note()
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(before)


def lived(work: Callable[[], None]) -> int:
    """Do it in a process of its own. The exit status, negative where a signal ended it."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def with_dropout(model: Path) -> Path:
    """So that random numbers are drawn in every pass."""
    config = model / "config.json"
    told = json.loads(config.read_text())
    config.write_text(json.dumps({**told, "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1}))
    return model


def tune(model: Path, out: Path) -> None:
    fit("ner", example("ner"), example("ner"), str(model), out, RECIPE)


def watched(model: Path, out: Path, in_save: bool, note: Note) -> None:
    """Tune, and call `note` before each line of writing a checkpoint, or of training."""
    whole = checkpoints.Checkpoints.save

    def save(self: checkpoints.Checkpoints, now: checkpoints.Checkpoint) -> None:
        with lines(IN_SAVE, note):
            whole(self, now)

    if in_save:
        checkpoints.Checkpoints.save = save  # type: ignore[method-assign]
        tune(model, out)
    else:
        with lines(AT_WORK, note):
            tune(model, out)


def killing(after: int) -> Note:
    left = iter(range(after, -1, -1))

    def note() -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return note


def counted(model: Path, out: Path, in_save: bool) -> int:
    """How many lines there are to be killed before, in a whole run."""
    seen = out.with_suffix(".lines")

    def life() -> None:
        count = 0

        def note() -> None:
            nonlocal count
            count += 1

        watched(model, out, in_save, note)
        seen.write_text(str(count))

    assert lived(life) == 0
    return int(seen.read_text())


def outcome(out: Path) -> list[Any]:
    """The digest of the weights, and the steps and scores that led to them."""
    training = json.loads((out / "tasktune.json").read_text())["training"]
    return [sha256((out / "model.safetensors").read_bytes()).hexdigest(), training["best_step"], training["history"]]


def main(folder: Path, kills: int, seed: int) -> None:
    chance, model = Random(seed), with_dropout(TINY["bert"].save(folder / "bert"))
    checkpoints.Pace.due = lambda self: True  # type: ignore[method-assign]  # after every step
    reach = {in_save: counted(model, folder / f"whole-{in_save}", in_save) for in_save in (True, False)}
    ends, done, outcomes = {True: 0, False: 0}, 0, [outcome(folder / "whole-True"), outcome(folder / "whole-False")]
    while sum(ends.values()) < kills or (folder / f".run-{done}-checkpoints").exists():
        in_save = ends[True] <= ends[False]
        more = sum(ends.values()) < kills
        after = chance.randrange(reach[in_save] // 3) if more else sys.maxsize  # a third: so that a run sees several
        out = folder / f"run-{done}"
        status = lived(lambda: watched(model, out, in_save, killing(after)))  # noqa: B023  # called at once
        ends[in_save] += status == -signal.SIGKILL
        if status == 0:
            outcomes.append(outcome(out))
            done += 1
        elif status != -signal.SIGKILL:
            sys.exit(f"a life of {out} ended with {status}")
    left = sorted(path.name for path in folder.iterdir())
    print(json.dumps({"in_save": ends[True], "at_work": ends[False], "outcomes": outcomes, "left": left}))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
