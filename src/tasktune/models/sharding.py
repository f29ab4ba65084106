"""A network that lies in parts on all processes, for those too large to be trained whole on one: FSDP2 (Zhao et al. 2023).

Of weights, gradients and Adam's moments each process keeps its part. It gathers the weights of a block when it comes to it, and
lets them go again behind it. So all processes must come to the same blocks equally often: those with fewer passes to do do the
last one again, for nothing, and all of them measure all records.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor
from transformers import PreTrainedModel

from tasktune.models import processes

T = TypeVar("T")

_TRAINED, _FROZEN = 16, 4
"""Bytes of a weight: itself, and, where it is trained, its gradient and two moments, each of four bytes."""

_SHARE = 0.7
"""Of an accelerator's memory that these may take; activations need the rest."""


def shard(net: PreTrainedModel) -> None:
    """Lay a network out over the processes, where `accelerate launch --use_fsdp` asks for it or it would not fit on one.

    The gradients of all of them are summed, not averaged, as they are computed.
    """
    if processes.count() == 1 or not (_asked() or _too_large(net)):
        return
    module = _base(net)
    outermost = [name for name, found in module.named_modules() if isinstance(found, nn.ModuleList)]
    for name in outermost:
        if not any(name.startswith(f"{other}.") for other in outermost):
            for block in cast(nn.ModuleList, module.get_submodule(name)):
                fully_shard(block)
    fully_shard(module)
    for part in module.modules():
        if isinstance(part, FSDPModule):
            part.set_gradient_divide_factor(1.0)
            part.set_force_sum_reduction_for_comms(True)


def _asked() -> bool:
    return os.environ.get("ACCELERATE_USE_FSDP", "false").lower() == "true"


def _too_large(net: PreTrainedModel) -> bool:
    state = sum(weight.numel() * (_TRAINED if weight.requires_grad else _FROZEN) for weight in _base(net).parameters())
    return net.device.type == "cuda" and state > _SHARE * torch.cuda.get_device_properties(net.device).total_memory


def gathered(net: PreTrainedModel) -> PreTrainedModel:
    """A network without adapters (or with them merged) as it was before `shard`, whole on every process.

    A tensor at a time, and on the processor: an accelerator that has to hold but a part has no room for all of them twice.
    """
    if not is_sharded(net):
        return net
    weights = {name: whole(tensor).cpu() for name, tensor in net.state_dict().items()}
    _, plain = type(net).__bases__  # FSDP2 has put a class of its own before the network's
    made: PreTrainedModel = plain(net.config)
    made.load_state_dict(weights)
    if made.can_generate():
        made.generation_config = net.generation_config
    cast(nn.Module, made).to(net.device).eval()
    return made


def in_step(net: PreTrainedModel, work: Iterable[T]) -> Iterator[T]:
    """What `work` yields, done by all processes alike. What lies outside the blocks (the table of words, the head) is at hand
    meanwhile, since not all that uses it comes through the network's own `forward`.
    """
    root = cast(FSDPModule, _base(net))
    root.unshard()
    try:
        yield from work
    finally:
        root.reshard()


def is_sharded(net: Any) -> bool:
    """Whether a network lies in parts on the processes."""
    return isinstance(_base(net), FSDPModule)


def _base(net: Any) -> nn.Module:
    """The network itself, inside the adapters that it may have."""
    base: nn.Module = getattr(net, "get_base_model", lambda: net)()
    return base


def whole(tensor: Tensor) -> Tensor:
    """A tensor with the parts that other processes have of it; all must ask."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def whole_in_first(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors, each whole and on the processor, for the first process; the others, which must ask too, get none.

    One at a time: where an accelerator holds but a part, there is no room on it for all of them.
    """
    made = {}
    for name, tensor in tensors.items():
        gathered_one = whole(tensor)
        if processes.is_first():
            made[name] = gathered_one.cpu()
    return made


def laid_out(tensor: Tensor, like: Tensor) -> Tensor:
    """A whole tensor as another one lies."""
    return distribute_tensor(tensor, like.device_mesh, like.placements) if isinstance(like, DTensor) else tensor
