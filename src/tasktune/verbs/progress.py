"""What is told while work goes on, on standard error: notes, and progress, which is for terminals only."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:  # it brings all of Accelerate, which an answer has no need of
    from tasktune.models.training import Report, Step

T = TypeVar("T")


def say(message: str) -> None:
    """Tell the user something, on standard error."""
    if _is_first():
        print(f"tasktune: {message}", file=sys.stderr)


def _is_first() -> bool:
    """Whether this process speaks for all that share the work. Where torch is not loaded none do, and it need not be."""
    if "torch" not in sys.modules:
        return True
    from tasktune.models import processes

    return processes.is_first()


def _bars() -> Progress:
    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[said]}"),
        console=console,
        disable=not (console.is_terminal and _is_first()),
        transient=True,
    )


@contextmanager
def steps(primary: str) -> Iterator[Report]:
    """A bar of training's steps, with the loss and the last dev score."""
    measured = ""
    with _bars() as bars:
        bar = bars.add_task("tuning", total=None, said="")

        def report(step: Step) -> None:
            nonlocal measured
            if step.scores is not None:
                measured = f"  dev {primary} {step.scores.main.value:.4f}"
            bars.update(bar, completed=step.done, total=step.total, said=f"loss {step.loss:.3f}{measured}")

        yield report


def counted(things: Iterable[T], doing: str) -> Iterator[T]:
    """The things, with a bar of how many have gone by."""
    with _bars() as bars:
        bar = bars.add_task(doing, total=len(things) if isinstance(things, Sized) else None, said="")
        for thing in things:
            yield thing
            bars.advance(bar)
