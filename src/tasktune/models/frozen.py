"""What of a network does not learn, where the recipe says so."""

from __future__ import annotations

from typing import Any

from transformers import PreTrainedModel

from tasktune.core import InputError
from tasktune.heads.eyes import sees
from tasktune.recipe import Recipe

_PROJECTOR = "merger"
"""What Qwen's models call the projector, which is inside of what looks at pictures."""


def freeze(net: PreTrainedModel, recipe: Recipe) -> None:
    """Let what the recipe names rest. Raises `InputError` for a network that has no such part."""
    if recipe.frozen == "nothing":
        return
    if not sees(net):
        raise InputError(f"--frozen vision is for a model that sees, and a {net.config.model_type} does not; leave it out")
    tower: Any = net.get_encoder(modality="image")
    for name, weight in tower.named_parameters():
        if _PROJECTOR not in name:
            weight.requires_grad_(False)
