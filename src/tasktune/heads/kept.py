"""What was computed before, kept by name as long as there is room for it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final, Generic, TypeVar, final

from torch import Tensor

Made = TypeVar("Made")
_MOST: Final = 1 << 30


@final
class Kept(Generic[Made]):
    """Tensors, or what holds some, by a number, up to so many bytes: what came first goes first. Threads may share it."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._made: OrderedDict[int, Made] = OrderedDict()
        self._bytes = 0
        self._state: tuple[int, ...] = ()
        self._lock = Lock()

    def only(self, state: tuple[int, ...]) -> None:
        """Forget what was made in another state."""
        with self._lock:
            if state != self._state:
                self._made.clear()
                self._bytes, self._state = 0, state

    def get(self, name: int) -> Made | None:
        """What is kept by this name."""
        with self._lock:
            return self._made.get(name)

    def put(self, name: int, made: Made) -> None:
        """Keep it, if nothing is by this name; the newest is kept however large it is."""
        with self._lock:
            self._bytes += 0 if name in self._made else size_of(made)
            self._made.setdefault(name, made)
            while self._bytes > self._most and len(self._made) > 1:
                self._bytes -= size_of(self._made.popitem(last=False)[1])


def size_of(made: Any) -> int:
    """The bytes of all tensors in it."""
    if isinstance(made, Tensor):
        return made.nbytes
    parts = made.values() if isinstance(made, Mapping) else made if isinstance(made, list | tuple) else ()
    return sum(map(size_of, parts))
