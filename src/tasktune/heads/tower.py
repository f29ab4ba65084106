"""The part of a network that looks, where it does not learn while what is behind it does: it looks at each picture once.

What it gives is kept by the name of the picture, and given again in its place, so that transformers' own code does with it what
it always does: choose a layer, leave out a class token, project it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from threading import Lock, local
from typing import Any, Final, final

import torch
from torch import Tensor, nn

_KEPT: Final = 1 << 30
"""Bytes of what a tower gave that are kept."""


def state_of(weights: Sequence[Tensor]) -> tuple[int, ...]:
    """What changes where weights do, or are others."""
    return (len(weights), *(weight.data_ptr() for weight in weights[:1]), sum(weight._version for weight in weights))


@contextmanager
def dropping_nothing(part: nn.Module) -> Iterator[None]:
    """As when it answers: what is kept while the words learn would else be short of what dropout left out once."""
    learning = [module for module in part.modules() if module.training]
    try:
        for module in learning:
            module.training = False
        yield
    finally:
        for module in learning:
            module.training = True


@final
class Tower:
    """A vision encoder, which is asked through its own `forward`; `layers` are those that the network takes what is seen from."""

    def __init__(self, encoder: nn.Module, layers: Sequence[int]) -> None:
        self.encoder, self.layers = encoder, layers
        self._seen: OrderedDict[int, Any] = OrderedDict()
        self._bytes = 0
        self._state: tuple[int, ...] = ()
        self._lock, self._now = Lock(), local()
        forward: Any = encoder.forward

        @wraps(forward)
        def remembered(*args: Any, **given: Any) -> Any:
            name = getattr(self._now, "name", None)
            return forward(*args, **given) if name is None else self._once(name, lambda: forward(*args, **given))

        encoder.forward = remembered

    @property
    def rests(self) -> bool:
        """Whether none of it learns."""
        return not any(weight.requires_grad for weight in self.encoder.parameters())

    @contextmanager
    def looking_at(self, name: int) -> Iterator[None]:
        """All that the encoder is asked meanwhile is about the pictures of a name."""
        self._now.name = name
        try:
            yield
        finally:
            self._now.name = None

    def _once(self, name: int, look: Any) -> Any:
        with self._lock:
            if (state := state_of([*self.encoder.parameters()])) != self._state:
                self._seen.clear()
                self._bytes, self._state = 0, state
            seen = self._seen.get(name)
        if seen is None:
            with torch.inference_mode(mode=False), torch.no_grad(), dropping_nothing(self.encoder):
                seen = self._used(look())
            with self._lock:
                self._bytes += 0 if name in self._seen else _size(seen)
                self._seen[name] = seen
                while self._bytes > _KEPT and len(self._seen) > 1:
                    self._bytes -= _size(self._seen.popitem(last=False)[1])
        return type(seen)(**seen) if isinstance(seen, Mapping) else seen  # networks write into it what they make of it

    def _used(self, seen: Any) -> Any:
        """What is seen without the layers that nobody asks for."""
        if isinstance(seen, Mapping) and (states := seen.get("hidden_states")) is not None:
            used = {layer % len(states) for layer in self.layers}
            seen["hidden_states"] = tuple(state if k in used else None for k, state in enumerate(states))  # type: ignore[index]
        return seen


def _size(seen: Any) -> int:
    """The bytes of all tensors in what was seen."""
    if isinstance(seen, Tensor):
        return seen.nbytes
    parts = seen.values() if isinstance(seen, Mapping) else seen if isinstance(seen, list | tuple) else ()
    return sum(map(_size, parts))
