"""LoRA (Hu et al. 2021) through peft, on any family. The head is always trained and saved, and adapters are merged at the end."""

from __future__ import annotations

from typing import Any

from transformers import PreTrainedModel

from tasktune.core import FamilyName
from tasktune.framings import Framing
from tasktune.heads import network
from tasktune.recipe import Recipe

_TASK_TYPES = {
    "AutoModelForSequenceClassification": "SEQ_CLS",
    "AutoModelForTokenClassification": "TOKEN_CLS",
    "AutoModelForCausalLM": "CAUSAL_LM",
    "AutoModelForSeq2SeqLM": "SEQ_2_SEQ_LM",
}


def adapted(net: PreTrainedModel, framing: Framing, family: FamilyName, recipe: Recipe) -> Any:
    """The network with adapters of the recipe's rank on every linear layer; a new head beside them is trained whole."""
    from peft import LoraConfig, get_peft_model

    settings = LoraConfig(
        r=recipe.lora,
        lora_alpha=recipe.lora_alpha,  # type: ignore[arg-type]  # peft says int, and takes any number
        target_modules="all-linear",
        task_type=_TASK_TYPES[network(framing, family)],
    )
    return get_peft_model(net, settings)


def merged(net: Any) -> PreTrainedModel:
    """The plain network that the adapters make of it: what is saved is one model, which opens everywhere."""
    whole: PreTrainedModel = net.merge_and_unload()
    return whole
