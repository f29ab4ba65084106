"""Many processes doing one piece of work: which part of it is mine, and what all the parts come to.

Launchers (`torchrun`, `accelerate launch`, `tasktune fit` itself on processors) start the same program several times, and every
process reads the same data in the same order. So each knows the whole of a batch, takes its own part of it, and all that has to
pass between them are sums of gradients, answers to records, and the word of the first one where one must decide.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar, final

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.distributed_c10d import Store
from torch.distributed.rendezvous import rendezvous

from tasktune.core import InputError, Lost
from tasktune.models.batching import WINDOW, chunks

T = TypeVar("T")
Made = TypeVar("Made")

_REFUSED = "refused"


def launched() -> bool:
    """Whether a launcher started this process as one of several."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


@contextmanager
def together() -> Iterator[None]:
    """Be one of the processes that were launched, on the accelerator that is its own, until the block ends.

    Where one of them raises `InputError`, all do, so that the first can say what is wrong: it speaks for all of them.
    """
    if not launched() or dist.is_initialized():
        yield
        return
    if torch.accelerator.is_available():
        torch.accelerator.set_device_index(int(os.environ["LOCAL_RANK"]))
    store, mine, all_of_us = next(iter(rendezvous("env://")))
    dist.init_process_group(
        "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo", store=store, rank=mine, world_size=all_of_us
    )
    try:
        yield
    except InputError as wrong:
        store.set(_REFUSED, str(wrong))
        raise
    except RuntimeError:  # a connection was closed, perhaps by a process that could not go on
        if (told := _refusal(store)) is None:
            raise
        raise InputError(told) from None
    finally:
        dist.destroy_process_group()


def _refusal(store: Store) -> str | None:
    """Why another process ended, where it was for its input."""
    try:
        return store.get(_REFUSED).decode() if store.check([_REFUSED]) else None
    except RuntimeError:
        return "the first process has ended"  # and the store with it


def count() -> int:
    """How many processes work together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """Which of them this one is, from 0."""
    return int(os.environ["RANK"]) if launched() else 0


def is_first() -> bool:
    """Whether this is the one that writes and speaks."""
    return rank() == 0


def parts(costs: Sequence[int], among: int) -> list[list[int]]:
    """Indexes of things of these costs, in as many parts of about the same cost (each to the lightest, the costliest first)."""
    made: list[list[int]] = [[] for _ in range(among)]
    loads = [0] * among
    for k in sorted(range(len(costs)), key=lambda k: -costs[k]):
        lightest = loads.index(min(loads))
        made[lightest].append(k)
        loads[lightest] += costs[k]
    return [sorted(part) for part in made]


@final
class Sum:
    """Adds up what all processes have found of the gradient of some weights.

    Processors of one machine do it in memory that they share, several times faster than through a socket; others through the
    network. Every process adds in the same order, so that all go on with the very same numbers.
    """

    def __init__(self, weights: Iterable[Tensor]) -> None:
        self.weights = [weight for weight in weights if weight.requires_grad]
        self.sizes = [*(weight.numel() for weight in self.weights), len(self.weights), 1]
        on_processors = all(weight.device.type == "cpu" for weight in self.weights)
        self.slots = _memory_of_all(count(), sum(self.sizes)) if count() > 1 and on_processors else None
        self.total = torch.empty(0 if self.slots is None else sum(self.sizes))

    def __call__(self, value: float) -> float:
        """Let the gradient of each weight be the sum of those of all processes, and give back the sum of a value of theirs.

        A weight without a gradient in any of them has none after it either: the optimizer leaves such a one alone, but would
        decay one whose gradient is zero.
        """
        if count() == 1:
            return value
        found = [torch.zeros_like(weight) if weight.grad is None else weight.grad for weight in self.weights]
        there = [float(weight.grad is not None) for weight in self.weights]
        last = torch.tensor([*there, value], device=found[0].device if found else None)
        *sums, among, total = torch.split(self._added([*(gradient.flatten() for gradient in found), last]), self.sizes)
        for weight, gradient, with_one in zip(self.weights, sums, among.tolist(), strict=True):
            weight.grad = gradient.view_as(weight) if with_one else None
        return float(total)

    def _added(self, parts: list[Tensor]) -> Tensor:
        if self.slots is None:
            flat = torch.cat(parts)
            dist.all_reduce(flat)
            return flat
        dist.barrier()  # until all have read the last sum
        torch.cat(parts, out=self.slots[rank()])
        dist.barrier()
        torch.add(self.slots[0], self.slots[1], out=self.total)  # in place: new memory for it takes longer than the sum
        for slot in self.slots[2:]:
            self.total.add_(slot)
        return self.total


_MEMORY = Path("/dev/shm")  # noqa: S108 (memory that goes by a name only until all have it)


def _memory_of_all(rows: int, columns: int) -> Tensor | None:
    """A float32 tensor (rows, columns) that is the same for all processes, where they are on one machine that has room for it."""
    size = 4 * rows * columns
    room = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > 2 * size
    with ExitStack() as named:
        told = [""]
        if room and is_first():
            file = named.enter_context(NamedTemporaryFile(dir=_MEMORY, prefix="tasktune-"))
            os.posix_fallocate(file.fileno(), 0, size)
            told = [file.name]
        dist.broadcast_object_list(told)
        seen: list[bool] = [False] * count()
        dist.all_gather_object(seen, Path(told[0]).is_file())
        if not all(seen):
            return None
        memory = torch.from_file(told[0], shared=True, size=rows * columns, dtype=torch.float32)
        dist.barrier()
    return memory.view(rows, columns)


def decided(decide: Callable[[], bool]) -> bool:
    """What the first process decides, told to all."""
    if count() == 1:
        return decide()
    told = [decide() if is_first() else False]
    dist.broadcast_object_list(told)
    return told[0]


def agreed(mine: object) -> bool:
    """Whether all have the same."""
    if count() == 1:
        return True
    all_of_them: list[object] = [None] * count()
    dist.all_gather_object(all_of_them, mine)
    return all(other == mine for other in all_of_them)


def gathered(mine: T) -> list[T]:
    """What each process has, in their order, for all of them."""
    if count() == 1:
        return [mine]
    all_of_them = [mine] * count()
    dist.all_gather_object(all_of_them, mine)
    return all_of_them


def in_turn(work: Callable[[], T]) -> T:
    """Do some work in the first process, then in all others: for what is put in order as it is read."""
    if count() == 1:
        return work()
    if not is_first():
        dist.barrier()
    done = work()
    if is_first():
        dist.barrier()
    dist.barrier()
    return done


def shared(things: Iterable[T], work: Callable[[Iterable[T], Lost], Iterable[Made]], lost: Lost) -> Iterator[Made]:
    """What `work` makes of things, in their order and with what is lost on the way, each process doing a part of them.

    Every process gets everything. Alone, a process does all of it as the things come.
    """
    if count() == 1:
        yield from work(things, lost)
        return
    for window in chunks(things, WINDOW * count()):  # for each process as many as are worth sorting by length
        size = -(-len(window) // count())
        mine, mine_lost = window[rank() * size : (rank() + 1) * size], Lost()
        found: list[tuple[list[Made], Lost]] = [([], Lost())] * count()
        dist.all_gather_object(found, (list(work(mine, mine_lost)), mine_lost))
        for _, others in found:
            lost.join(others)
        yield from chain.from_iterable(made for made, _ in found)
