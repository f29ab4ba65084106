"""Running a chat template, which is somebody's program, no longer than a template has any business to run.

Jinja's sandbox keeps a template from the machine, but lets it loop in loops for ever and write without end. Here its steps and
its characters are counted, so that the limit is the same on every machine and in every thread. What one single expression does
inside the interpreter is not counted: powers (`10 ** 10 ** 9`) are refused before they are tried, and where the system lets a
process limit its memory (Linux), a template may take no more than so much (`'x' * 10000000000`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock
from types import FrameType
from typing import Any

from transformers.utils import chat_template_utils

from tasktune.core import InputError

STEPS = 5_000_000
"""Lines of compiled template that one conversation may take: some ten thousand times what a long one does."""

CHARACTERS = 50_000_000
"""Characters that one conversation may be written in."""

MEMORY = 2 * 2**30
"""Bytes that the process may take beyond what it has, while it runs a template."""

_HELD = Path("/proc/self/statm")  # of Linux: how many pages the process has
_LIMITING = Lock()  # the limit is the whole process's: one template at a time

_COMPILED = "<template>"  # the file name that Jinja gives to the code it compiles from a string

Trace = Callable[[FrameType, str, Any], Any]


class EndlessError(Exception):
    """A template took more steps or memory, or wrote more, than it may."""


@lru_cache(maxsize=8)  # asked for with every conversation
def refuse_powers(template: str) -> None:
    """Raise `InputError` where a template takes a number to a power. Raises what Jinja raises of one that is not well written."""
    from jinja2 import nodes

    jinja: Any = chat_template_utils
    if jinja._compile_jinja_template("").environment.parse(template).find(nodes.Pow):  # compiling would work constants out
        raise InputError("it takes a number to a power (**), which may take for ever, and which no template needs")


@contextmanager
def bounded(steps: int = STEPS, characters: int = CHARACTERS) -> Iterator[None]:
    """Raise `EndlessError` out of a Jinja template that runs in the block, where all in it together go beyond the limits."""
    before = sys.gettrace()  # a debugger's, or that of a measurement of coverage
    with _limited_memory():
        sys.settrace(_counting(steps, characters))
        try:
            yield
        except MemoryError:
            raise EndlessError from None
        finally:
            sys.settrace(before)


@contextmanager
def _limited_memory() -> Iterator[None]:
    if not _HELD.exists():
        yield
        return
    import resource  # not on Windows

    with _LIMITING:
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = int(_HELD.read_text().split()[0]) * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most if soft == resource.RLIM_INFINITY else min(most, soft), hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _counting(steps: int, characters: int) -> Trace:
    def step(frame: FrameType, event: str, value: Any) -> Trace:
        nonlocal steps, characters
        steps -= event == "line"
        characters -= len(value) if event == "return" and isinstance(value, str) else 0  # a template yields what it writes
        if steps < 0 or characters < 0:
            raise EndlessError
        return step

    return lambda frame, event, value: step if frame.f_code.co_filename == _COMPILED else None
