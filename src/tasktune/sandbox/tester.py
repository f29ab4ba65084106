"""The process that runs the tests. It knows of the program only what `suspect` answers, and trusts no more than its data.

Tests run as they stand, in a namespace in which the names that the program defines are stand-ins: to call one is to ask the
suspect. Answers are plain data with Python's own `==`; an object of the program's own is known by a number, and equals only
itself.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from tasktune.sandbox.wire import packed, receive, send, unpacked

_NONE: Mapping[str, Any] = {}


class StrangeError(Exception):
    """What the program raised or said is none of what Python has."""


class _Suspected:
    """The way to the suspect, and the objects that it has told of."""

    def __init__(self, asked: int, answered: int) -> None:
        self.asked, self.answered = asked, answered
        self.objects: dict[int, _Remote] = {}

    def loaded(self, program: str) -> dict[str, Any]:
        """What the program defines, by name."""
        found = self._told({"do": "load", "program": program})["value"]
        return {str(name): self._unpacked(value) for name, value in found.items()}

    def ask(self, do: str, number: int, arguments: Sequence[Any] = (), named: Mapping[str, Any] = _NONE) -> Any:
        """What comes of doing something with an object. What the program does to lists, sets and dicts is done to ours."""
        told = self._told(
            {
                "do": do,
                "object": number,
                "arguments": [packed(each, _number) for each in arguments],
                "named": {name: packed(each, _number) for name, each in named.items()},
            }
        )
        for mine, theirs in zip(arguments, told["after"], strict=True):
            _become(mine, self._unpacked(theirs))
        return self._unpacked(told["value"])

    def _told(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            send(self.asked, request)
            told = receive(self.answered)
        except (EOFError, BrokenPipeError):
            raise StrangeError("the program ended before it answered") from None
        if "error" in told:
            kind, why = map(str, told["error"])
            usual = getattr(builtins, kind, None)
            raise usual(why) if isinstance(usual, type) and issubclass(usual, Exception) else StrangeError(f"{kind}: {why}")
        return dict(told)

    def _unpacked(self, given: Any) -> Any:
        return unpacked(given, self._object)

    def _object(self, number: Any) -> _Remote:
        return self.objects.setdefault(int(number), _Remote(self, int(number)))


class _Remote:
    """An object of the program's: a function, a class, one of its objects, or what is iterated over."""

    __slots__ = ("_number", "_suspected")

    def __init__(self, suspected: _Suspected, number: int) -> None:
        object.__setattr__(self, "_suspected", suspected)
        object.__setattr__(self, "_number", number)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._suspected.ask("call", self._number, arguments, named)

    def __getattr__(self, name: str) -> Any:
        return self._suspected.ask("get", self._number, (name,))

    def __setattr__(self, name: str, value: Any) -> None:
        self._suspected.ask("set", self._number, (name, value))

    def __iter__(self) -> Any:
        return iter(self._suspected.ask("list", self._number))

    def __len__(self) -> int:
        return int(self._suspected.ask("len", self._number))

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, key: Any) -> Any:
        return self._suspected.ask("item", self._number, (key,))

    def __contains__(self, value: Any) -> bool:
        return self._suspected.ask("in", self._number, (value,)) is True

    def __str__(self) -> str:
        return str(self._suspected.ask("text", self._number))


def _number(value: Any) -> int:
    if type(value) is _Remote:
        return int(value._number)
    raise TypeError(f"a test cannot give a program a {type(value).__name__}: only plain data, and what the program made")


def _become(mine: Any, theirs: Any) -> None:
    """Change an argument as the program changed it."""
    if type(mine) is not type(theirs) or mine == theirs:
        return
    if isinstance(mine, list | bytearray):
        mine[:] = theirs
    elif isinstance(mine, set | dict):
        mine.clear()
        mine.update(theirs)


def run(asked: int, answered: int, job: dict[str, str]) -> str:
    """Why the tests of a job fail; "" where they pass. `asked` and `answered` lead to the suspect and back."""
    try:
        suspected, here = _Suspected(asked, answered), {"__name__": "tests"}
        exec(compile(job["given"], "given", "exec", dont_inherit=True), here)
        here |= _taken(suspected.loaded(job["program"]), job, here)
        exec(compile(job["tests"], "tests", "exec", dont_inherit=True), here)
    except BaseException as wrong:  # a test may fail in any way
        return f"{type(wrong).__name__}: {str(wrong)[:500]}"
    return ""


def _taken(offered: dict[str, Any], job: dict[str, str], here: dict[str, Any]) -> dict[str, Any]:
    """What the tests use of what the program offers.

    It is what they test (the entry point), and what they use that is neither Python's nor given. So a program can slip nothing
    under them: its own `set` or `math` is not taken, unless there is nothing else that the tests could be about.
    """
    nodes = [*ast.walk(ast.parse(job["tests"]))]
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    dotted = {node.value.id for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)}
    modules = {name: import_module(name) for name in dotted & set(sys.stdlib_module_names) if name not in here}
    wanted = {name for name in used if name not in here and name not in modules and name not in vars(builtins)}
    wanted = {*(wanted & offered.keys()), *({job["entry_point"]} - {""})} or used
    return modules | {name: offered[name] for name in wanted if name in offered}
