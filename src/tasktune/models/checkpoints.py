"""Where training stands, kept beside the model to be made: what was interrupted goes on by itself, as if it had never stopped.

::

    runs/
    ├── x/                           the model, once it is done; the next is taken away then
    └── .x-checkpoints/
        ├── lock                     held by the run, so that there is only one
        ├── step-00000420/           the newest two, each whole or not there
        └── step-00000480/
            ├── weights.safetensors  what training changes, as it is after the step
            ├── best.safetensors     the same as it was at the best evaluation
            ├── optimizer.safetensors
            ├── chance.safetensors   the random generators
            ├── state.json           the rest: losses, scores, learning rate, and of which run this is
            └── SHA256SUMS
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, final

from filelock import FileLock, Timeout
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from tasktune.core import InputError
from tasktune.models import processes
from tasktune.models.durable import damage, written_whole
from tasktune.models.folder import checkpoints_of

Identity = Mapping[str, Any]
"""What makes two runs the same run, by name, as JSON."""

Tensors = dict[str, dict[str, Tensor]]

KEPT = 2
"""Checkpoints that are kept: the newest, and the one before it in case that is damaged."""

_STATE, _LOCK, _STEP = "state.json", "lock", "step-*"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that the next step depends on: tensors by file and name, and facts as JSON."""

    step: int
    tensors: Tensors
    facts: dict[str, Any]


@final
@dataclass(slots=True)
class Pace:
    """When to write the next checkpoint: after √(2 · its cost · time between failures), which loses the least time (Young 1974).

    So one that takes a second is written every five minutes, for 0.3 % of the time; one of half a minute every 27, for 1.9 %.
    None is written in the first half minute: what is done that quickly is done anew as quickly.
    """

    shortest: float = 30.0
    failing: float = 12 * 3600.0  # seconds between two failures: often, so that little work is lost
    cost: float = 0.0
    last: float = field(default_factory=monotonic)

    @property
    def interval(self) -> float:
        """Seconds between two checkpoints."""
        return max(self.shortest, math.sqrt(2 * self.cost * self.failing))

    def due(self) -> bool:
        """Whether it is time."""
        return monotonic() - self.last >= self.interval

    def took(self, seconds: float) -> None:
        """Note that one was written just now, and what it cost."""
        self.last, self.cost = monotonic(), seconds


@final
@dataclass(slots=True)
class Checkpoints:
    """The checkpoints of one run in a folder of their own. `say` is told what the user should know."""

    folder: Path
    identity: Callable[[], Identity]
    say: Callable[[str], None]
    pace: Pace = field(default_factory=Pace)

    def due(self) -> bool:
        """Whether it is time to save."""
        return self.pace.due()

    def newest(self) -> Checkpoint | None:
        """The newest checkpoint that is whole; damaged ones are named and taken away.

        Raises `InputError` where it is of another run.
        """
        there = sorted(self.folder.glob(_STEP), reverse=True)
        for folder in there:
            if wrong := damage(folder):
                self.say(f"the checkpoint {folder} is damaged and not used: {wrong}")
                shutil.rmtree(folder)
                continue
            facts = json.loads((folder / _STATE).read_text(encoding="utf-8"))
            self._refuse_another(facts.pop("identity"))
            self.say(f"going on after step {facts['step']}, where {folder} stands")
            return Checkpoint(facts.pop("step"), {file.stem: load_file(file) for file in folder.glob("*.safetensors")}, facts)
        if there:
            self.say("no checkpoint is whole; training begins anew")
        return None

    def _refuse_another(self, then: Identity) -> None:
        now = json.loads(json.dumps(self.identity()))
        both = [(name, then.get(name), now.get(name)) for name in {**then, **now}]
        changed = [f"{name} was {former}, is {present}" for name, former, present in both if former != present]
        if changed:
            raise InputError(
                f"{self.folder} holds the checkpoints of another run, which is not finished: {'; '.join(changed)}. "
                f"To finish that one, give what was given then; to begin anew, name another --out, or: rm -r {self.folder}"
            )

    def save(self, now: Checkpoint) -> None:
        """Write a checkpoint and take away all but the newest two. Raises `InputError` where the disk does not let it."""
        started = monotonic()
        try:
            written_whole(self.folder / f"step-{now.step:08d}", partial(self._fill, now))
        except (OSError, SafetensorError) as wrong:
            raise InputError(
                f"the checkpoint of step {now.step} cannot be written to {self.folder} ({wrong}); those before it are whole. "
                "Make room there and give the same command again: it goes on from them"
            ) from wrong
        for old in sorted(self.folder.glob(_STEP))[:-KEPT]:
            shutil.rmtree(old.rename(old.with_name(f".{old.name}")))  # under another name first: what has this one is whole
        self.pace.took(monotonic() - started)

    def _fill(self, now: Checkpoint, folder: Path) -> None:
        for name, tensors in now.tensors.items():
            save_file({key: tensor.cpu().contiguous() for key, tensor in tensors.items()}, folder / f"{name}.safetensors")
        state = {"step": now.step, **now.facts, "identity": self.identity()}
        (folder / _STATE).write_text(json.dumps(state) + "\n", encoding="utf-8")

    def discard(self) -> None:
        """Take all checkpoints away."""
        discard(self.folder)


def discard(folder: Path) -> None:
    """Take all checkpoints in a folder away."""
    for each in folder.glob(_STEP):
        shutil.rmtree(each)


@contextmanager
def claimed(out: Path) -> Iterator[Path]:
    """A folder beside `out` for the checkpoints of the run that makes it, held for that run alone.

    It is gone afterwards, unless the run failed and checkpoints are left in it. Raises `InputError` where another run has it.
    Of several processes that work together, the first one holds it.
    """
    folder = checkpoints_of(out)
    if not processes.is_first():
        yield folder
        return
    made = [each for each in out.parents if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / _LOCK, timeout=0):
            _clear(folder)
            try:
                yield folder
            finally:
                if not any(folder.glob(_STEP)):
                    shutil.rmtree(folder)
    except Timeout:
        raise InputError(f"{out} is being made by another run just now; wait for that, or name another --out") from None
    finally:
        with suppress(OSError):  # not empty: something was put there
            for each in made:
                each.rmdir()


def _clear(folder: Path) -> None:
    """Take away what a process left that was killed: we hold the lock, so that nobody works there any more."""
    for left_over in {path for path in folder.iterdir() if path.is_dir()} - {*folder.glob(_STEP)}:
        shutil.rmtree(left_over)
