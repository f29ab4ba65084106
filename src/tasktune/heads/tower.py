"""The part of a network that looks, where it does not learn while what is behind it does: it looks at each picture once.

What it gives is kept by the name of the picture, and given again in its place, so that transformers' own code does with it what
it always does: choose a layer, leave out a class token, project it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from threading import local
from typing import Any, final

import torch
from torch import Tensor, nn

from tasktune.heads.kept import Kept


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
        self._seen: Kept[Any] = Kept()
        self._now = local()
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
        self._seen.only(state_of([*self.encoder.parameters()]))
        if (seen := self._seen.get(name)) is None:
            with torch.inference_mode(mode=False), torch.no_grad(), dropping_nothing(self.encoder):
                seen = self._used(look())
            self._seen.put(name, seen)
        return type(seen)(**seen) if isinstance(seen, Mapping) else seen  # networks write into it what they make of it

    def _used(self, seen: Any) -> Any:
        """What is seen without the layers that nobody asks for."""
        if isinstance(seen, Mapping) and (states := seen.get("hidden_states")) is not None:
            used = {layer % len(states) for layer in self.layers}
            seen["hidden_states"] = tuple(state if k in used else None for k, state in enumerate(states))  # type: ignore[index]
        return seen
