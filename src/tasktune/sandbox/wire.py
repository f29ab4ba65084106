"""What goes between tester and suspect: messages of plain data, spelled in JSON, in which each value has its exact type back.

Either side may get anything at all from the other: what is no message raises `ValueError`, and makes no object but these.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable
from typing import Any

LONGEST = 1 << 24
"""Bytes of a message, at most."""
_LONG = 1 << 10
"""Bits of a number from which on it is spelled in hexadecimal digits: of decimal ones Python writes and reads only so many."""

_PARTED: dict[type, Callable[[Any], list[Any]]] = {
    tuple: list,
    list: list,
    set: list,
    frozenset: list,
    deque: list,
    dict: lambda value: list(value.items()),
    complex: lambda value: [value.real, value.imag],
    bytes: list,
    bytearray: list,
    range: lambda value: [value.start, value.stop, value.step],
}
_MADE: dict[str, Callable[[list[Any]], Any]] = {kind.__name__: kind for kind in _PARTED}
_MADE |= {
    "int": lambda parts: int(parts[0], 16),
    "complex": lambda parts: complex(*parts),
    "range": lambda parts: range(*parts),
}
_TYPES: dict[str, type] = {kind.__name__: kind for kind in (bool, int, float, str, *_PARTED)}


def packed(value: Any, otherwise: Callable[[Any], Any]) -> Any:
    """A value as JSON has it; what is no plain data is what `otherwise` makes of it, under "object".

    What inherits from a plain type (named tuples, counters, enumerations of numbers) is taken for one.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and value.bit_length() > _LONG:
        return {"int": [hex(value)]}
    for scalar in (int, float, str):
        if isinstance(value, scalar):
            return scalar(value)
    for kind, parts in _PARTED.items():
        if isinstance(value, kind):
            return {kind.__name__: [packed(part, otherwise) for part in parts(value)]}
    if isinstance(value, type) and value is _TYPES.get(value.__name__):
        return {"type": value.__name__}
    return {"object": otherwise(value)}


def unpacked(given: Any, otherwise: Callable[[Any], Any]) -> Any:
    """The value that was `packed`; `otherwise` makes what stands under "object". Raises `ValueError` for what is none."""
    match given:
        case None | bool() | int() | float() | str():
            return given
        case {"object": named, **rest} if not rest:
            return otherwise(named)
        case {**one} if len(one) == 1:
            ((kind, parts),) = one.items()
            if kind == "type" and isinstance(parts, str) and parts in _TYPES:
                return _TYPES[parts]
            if kind in _MADE and isinstance(parts, list):
                return _MADE[kind]([unpacked(part, otherwise) for part in parts])
    raise ValueError("this is no plain data")


def send(line: int, message: Any) -> None:
    """Write a message to a file descriptor."""
    spelled = json.dumps(message).encode()
    if len(spelled) > LONGEST:
        raise ValueError("too much to send")
    rest = memoryview(len(spelled).to_bytes(4, "big") + spelled)
    while rest:
        rest = rest[os.write(line, rest) :]


def receive(line: int) -> Any:
    """The next message of a file descriptor. Raises `EOFError` where there is none any more."""
    length = int.from_bytes(_exactly(line, 4), "big")
    if length > LONGEST:
        raise ValueError("too much is sent")
    return json.loads(_exactly(line, length))


def _exactly(line: int, count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        some = os.read(line, min(count - len(found), 1 << 16))
        if not some:
            raise EOFError
        found += some
    return bytes(found)
