"""Passes through a network side by side: on a processor, one on each core at a time.

The threads that share one matrix product wait for one another after each, and when the machine has other work as well, they
mostly wait. Passes that have a core each wait for nobody, and what is read, tokenized and decoded meanwhile costs no time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar, final

import torch
from transformers import PreTrainedModel

from tasktune.models import processes
from tasktune.models.batching import batches
from tasktune.models.network import autocast
from tasktune.recipe import Recipe

_FEWEST = 512
"""Tokens of a pass, at least, however many share the budget: smaller ones run at a lower rate."""

T = TypeVar("T")
Input = TypeVar("Input")
Work = Callable[[Sequence[Input]], Sequence[T]]
"""What is done with the inputs of a pass (`Features`, most often), which gives one thing for each of them."""


@final
class Passes:
    """Runs features through a network in passes within the recipe's budget of tokens, which those at the same time share."""

    def __init__(self, net: PreTrainedModel, recipe: Recipe) -> None:
        self.recipe = recipe
        alone = net.device.type == "cpu" and processes.count() == 1  # those that work together have a core each already
        self.abreast = torch.get_num_threads() if alone else 1
        self._pool: ThreadPoolExecutor | None = None

    @property
    def ahead(self) -> int:
        """How many windows may be begun before the first of them is waited for."""
        return int(self.abreast > 1)

    def begin(self, work: Work[Input, T], inputs: Sequence[Input], costs: Sequence[int]) -> Callable[[], list[T]]:
        """Begin to work on inputs that take `costs` tokens each. Gives what waits for the results, in their order.

        Where there are too few passes for every core to have one, they begin when they are waited for, on all cores together.
        """
        budget = min(self.recipe.token_budget, max(_FEWEST, self.recipe.token_budget // self.abreast))
        cut = batches(costs, budget)[::-1]  # the longest first, so that no core is left with one at the end
        parts = [[inputs[k] for k in part] for part in cut]
        if self.abreast == 1 or len(cut) < self.abreast:
            return lambda: _in_order(cut, [self._pass(work, part) for part in parts])
        if self._pool is None:
            self._pool = _threads(self.abreast)
        begun = [self._pool.submit(self._pass, work, part) for part in parts]
        return lambda: _in_order(cut, list(map(Future.result, begun)))

    def whole(self, work: Work[Input, T], inputs: Sequence[Input]) -> Callable[[], list[T]]:
        """The same for work that makes passes of its own: it begins when it is waited for, on all cores."""
        return lambda: list(self._pass(work, inputs))

    def end(self) -> None:
        """Begin nothing more."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _pass(self, work: Work[Input, T], inputs: Sequence[Input]) -> Sequence[T]:
        with torch.inference_mode(), autocast(self.recipe):
            return work(inputs)


def _threads(count: int) -> ThreadPoolExecutor:
    """So many threads with a core each, all started.

    A number of cores that is set in one thread holds for all that come to torch later, too. So it is set back to the caller's
    once all of these have taken theirs, which a thread does when it first asks for it.
    """
    started = Barrier(count + 1)
    pool = ThreadPoolExecutor(count, "pass", _take_one_core)
    for _ in range(count):
        pool.submit(started.wait)  # while it waits, the next needs a thread of its own
    started.wait()
    torch.set_num_threads(count)
    return pool


def _take_one_core() -> None:
    torch.set_num_threads(1)
    torch.get_num_threads()


def _in_order(cut: Sequence[Sequence[int]], found: Sequence[Sequence[T]]) -> list[T]:
    """What was found in each part, at the places that the parts had before they were cut."""
    made: dict[int, Any] = {k: one for part, those in zip(cut, found, strict=True) for k, one in zip(part, those, strict=True)}
    return [made[k] for k in range(len(made))]
