"""The process that runs a program: it loads it, and then answers what the tester asks of it, until nothing more is asked."""

from __future__ import annotations

import sys
from operator import contains, getitem
from types import ModuleType
from typing import Any

from tasktune.sandbox.wire import packed, receive, send, unpacked

_DONE = {"call": None, "get": getattr, "set": setattr, "list": list, "len": len, "item": getitem, "in": contains, "text": str}


class _Suspect:
    """What the program has made, and what the tester knows of it by number."""

    def __init__(self) -> None:
        self.known: list[Any] = []
        self.module = ModuleType("program")

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What comes of a request: a value, and the arguments as they are afterwards; or an error."""
        try:
            return self._answer(asked)
        except BaseException as error:  # whatever it is, the tester is told
            return {"error": [_builtin(type(error)), str(error)[:500]]}

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["do"] == "load":
            return {"value": self._loaded(asked["program"])}
        target = self.known[asked["object"]]
        arguments = [unpacked(each, self.known.__getitem__) for each in asked["arguments"]]
        named = {name: unpacked(each, self.known.__getitem__) for name, each in asked["named"].items()}
        do = _DONE[asked["do"]]
        value = target(*arguments, **named) if do is None else do(target, *arguments)
        return {"value": self._packed(value), "after": [self._packed(each) for each in arguments]}

    def _loaded(self, program: str) -> dict[str, Any]:
        """What the program calls by name. Modules are left out: the tester has its own."""
        sys.modules["program"] = self.module
        exec(compile(program, "program", "exec", dont_inherit=True), vars(self.module))
        found = {name: value for name, value in vars(self.module).items() if not name.startswith("__")}
        return {name: self._packed(value) for name, value in found.items() if not isinstance(value, ModuleType)}

    def _packed(self, value: Any) -> Any:
        return packed(value, self._number)

    def _number(self, value: Any) -> int:
        for number, each in enumerate(self.known):
            if each is value:
                return number
        self.known.append(value)
        return len(self.known) - 1


def _builtin(kind: type) -> str:
    """The name of the nearest error that Python has itself."""
    return next(each.__name__ for each in kind.__mro__ if each.__module__ == "builtins")


def run(asked: int, answered: int) -> None:
    """Answer requests that come over one file descriptor over another, until the first is closed."""
    suspect = _Suspect()
    while True:
        send(answered, suspect.answer(receive(asked)))
