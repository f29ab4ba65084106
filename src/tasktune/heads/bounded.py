"""Running a chat template, which is somebody's program, no longer than a template has any business to run.

Jinja's sandbox keeps a template from the machine, but lets it loop in loops for ever and write without end. Here its steps and
its characters are counted, so that the limit is the same on every machine and in every thread. What one single expression does
inside the interpreter (`10 ** 10 ** 9`) is not counted, and cannot be stopped.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

STEPS = 5_000_000
"""Lines of compiled template that one conversation may take: some ten thousand times what a long one does."""

CHARACTERS = 50_000_000
"""Characters that one conversation may be written in."""

_COMPILED = "<template>"  # the file name that Jinja gives to the code it compiles from a string

Trace = Callable[[FrameType, str, Any], Any]


class EndlessError(Exception):
    """A template took more steps, or wrote more, than it may."""


@contextmanager
def bounded(steps: int = STEPS, characters: int = CHARACTERS) -> Iterator[None]:
    """Raise `EndlessError` out of a Jinja template that runs in the block, where all in it together go beyond the limits."""
    before = sys.gettrace()  # a debugger's, or that of a measurement of coverage
    sys.settrace(_counting(steps, characters))
    try:
        yield
    finally:
        sys.settrace(before)


def _counting(steps: int, characters: int) -> Trace:
    def step(frame: FrameType, event: str, value: Any) -> Trace:
        nonlocal steps, characters
        steps -= event == "line"
        characters -= len(value) if event == "return" and isinstance(value, str) else 0  # a template yields what it writes
        if steps < 0 or characters < 0:
            raise EndlessError
        return step

    return lambda frame, event, value: step if frame.f_code.co_filename == _COMPILED else None
