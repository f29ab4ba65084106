"""One encoder with the layers of several tasks on top, as one network (Caruana 1997; Liu et al. 2019, "MT-DNN").

Each task has a network of the class that it would have alone, less the encoder, which is the same object in all of them: heads
run on these as they do on networks of their own, and what is learnt through one is learnt by the encoder of all. What is saved is
the encoder's own checkpoint with the tasks' layers beside: `AutoModel` opens it and leaves those out.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy, deepcopy
from functools import partial
from typing import Any, Self, final

from torch import nn
from transformers import PretrainedConfig, PreTrainedModel

from tasktune.core import InputError
from tasktune.framings import Framing, Labels
from tasktune.heads import kind, network_called, network_config

JOINED = frozenset({"label-one", "label-many", "label-number", "tags", "arcs", "links", "extract", "select"})
"""The framings whose layers can share an encoder: those that add layers of their own, and are trained on single records."""

TASKS = "tasktune_tasks"
"""What the configuration calls the tasks: by name, the kind of network and what its own configuration says."""


def joint_config(config: PretrainedConfig, tasks: Mapping[str, tuple[Framing, Labels]]) -> PretrainedConfig:
    """An encoder's configuration with what the tasks' networks need. Raises `InputError` for a framing that cannot be joined."""
    for name, (framing, _) in tasks.items():
        if kind(framing) not in JOINED:
            raise InputError(f"{name} cannot be learnt together with other tasks: its answers are not asked of layers of its own")
    joint = deepcopy(config)
    told = {name: {"kind": kind(framing), "config": network_config(framing, labels)} for name, (framing, labels) in tasks.items()}
    setattr(joint, TASKS, told)
    return joint


@final
class SharedEncoder(PreTrainedModel):  # type: ignore[no-untyped-call]
    """An encoder, and the layers of several tasks. `networks` are the tasks' own, of which each has the encoder in common."""

    _supports_sdpa = True
    _supports_flash_attn = True
    _supports_attention_backend = True

    def __init__(self, config: PretrainedConfig) -> None:
        super().__init__(config)
        self.networks = {name: _network(config, told) for name, told in getattr(config, TASKS).items()}
        bodies: list[Any] = [net.base_model for net in self.networks.values()]
        body = max(bodies, key=lambda body: sum(1 for _ in body.parameters()))  # one that pools can do without, not the other way
        self.base_model_prefix = body.base_model_prefix  # the encoder's weights keep the names that they have alone
        setattr(self, self.base_model_prefix, body)
        for net in self.networks.values():
            setattr(net, self.base_model_prefix, body)
        self.layers = nn.ModuleDict({name: nn.ModuleDict(_own(net)) for name, net in self.networks.items()})
        self.post_init()  # type: ignore[no-untyped-call]

    def train(self, mode: bool = True) -> Self:
        """Also of the tasks' networks, which are no parts of this one, though all their layers are."""
        for net in self.networks.values():
            net.training = mode
        module: Self = super().train(mode)
        return module

    def behind(self, task: str, said: Any) -> PreTrainedModel:
        """A task's network behind what the encoder `said` of a batch: it runs on that batch without asking the encoder again."""
        net = self.networks[task]
        made = copy(net)
        made._modules = {**_own(net)}
        setattr(made, net.base_model_prefix, partial(_said, said))
        return made


def _network(config: PretrainedConfig, told: Mapping[str, Any]) -> PreTrainedModel:
    """A task's network with an encoder of its own."""
    own = deepcopy(config)
    delattr(own, TASKS)
    for name, value in told["config"].items():
        setattr(own, name, {int(k): label for k, label in value.items()} if name == "id2label" else value)  # JSON's keys are text
    made: Any = network_called(told["kind"])
    net: PreTrainedModel = made(own) if issubclass(made, PreTrainedModel) else made.from_config(own)
    return net


def _own(net: PreTrainedModel) -> dict[str, nn.Module]:
    """A network's layers on top of the encoder."""
    return {name: layer for name, layer in net.named_children() if name != net.base_model_prefix}


def _said(said: Any, *_: Any, **__: Any) -> Any:
    return said
