"""LoRA (Hu et al. 2021) through peft, on any family. The head is always trained and saved, and adapters are merged at the end."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from typing import Any

from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from tasktune.core import FamilyName
from tasktune.framings import Framing
from tasktune.heads import network
from tasktune.heads.eyes import sees
from tasktune.recipe import Recipe

_TASK_TYPES = {
    "AutoModelForSequenceClassification": "SEQ_CLS",
    "AutoModelForTokenClassification": "TOKEN_CLS",
    "AutoModelForCausalLM": "CAUSAL_LM",
    "AutoModelForSeq2SeqLM": "SEQ_2_SEQ_LM",
    "AutoModelForImageTextToText": "CAUSAL_LM",
}

_NOT_ADAPTED = {"TOKEN_CLS": ["classifier", "score"]}
"""Heads that peft would adapt and train whole at once, and fail; those of other kinds of network it leaves alone by itself."""


def adapted(net: PreTrainedModel, framing: Framing, family: FamilyName, recipe: Recipe, new_weights: Collection[str] = ()) -> Any:
    """The network with adapters of the recipe's rank on every linear layer; a new head beside them is trained whole.

    Of a network that sees, the language model has adapters; what looks at pictures stays as it is, but for a new projector.
    """
    from peft import LoraConfig, get_peft_model

    task_type = _TASK_TYPES.get(network(framing, family).__name__)
    new = _sight(net) if sees(net) else [] if task_type else _beside_the_body(net)
    settings = LoraConfig(
        r=recipe.lora,
        lora_alpha=recipe.lora_alpha,  # type: ignore[arg-type]  # peft says int, and takes any number
        target_modules="all-linear",
        exclude_modules=rf"({'|'.join(new)})(\..*)?" if new else _NOT_ADAPTED.get(task_type or ""),
        modules_to_save=[name for name in new if not sees(net) or _has(name, new_weights)]
        or None,  # of a network that peft knows, it finds them itself
        fan_in_fan_out=any(isinstance(module, Conv1D) for module in net.modules()),  # GPT-2's linear layers lie the other way
        task_type=task_type,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)  # peft asks transformers by the old name
        return get_peft_model(net, settings)


def _sight(net: Any) -> list[str]:
    """The names of the parts of a network that sees which are not its language model."""
    body, words = getattr(net, "model", net), {id(weight) for weight in net.get_decoder().parameters()}
    words |= {id(weight) for weight in net.get_output_embeddings().parameters()}
    return [
        f"model.{name}" if body is not net else name
        for name, part in body.named_children()
        if [*part.parameters()] and words.isdisjoint(map(id, part.parameters()))
    ]


def _has(part: str, weights: Collection[str]) -> bool:
    return any(name.startswith(f"{part}.") for name in weights)


def _beside_the_body(net: PreTrainedModel) -> list[str]:
    """The names of a network's own layers; of one that is tied to the body (an LM head to the table of words), of its others."""
    body = {id(weight) for weight in net.base_model.parameters()}
    names: list[str] = []
    for name, layer in net.named_children():
        if name == net.base_model_prefix or not [*layer.parameters()]:
            continue
        if body.isdisjoint(map(id, layer.parameters())):
            names.append(name)
        else:
            parts = [(f"{name}.{inner}", part) for inner, part in layer.named_modules() if not [*part.children()]]
            names += [inner for inner, part in parts if [*part.parameters()] and body.isdisjoint(map(id, part.parameters()))]
    return names


def merged(net: Any) -> PreTrainedModel:
    """The plain network that the adapters make of it: what is saved is one model, which opens everywhere."""
    whole: PreTrainedModel = net.merge_and_unload()
    return whole
