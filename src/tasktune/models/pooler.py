"""The pooler of an encoder: a layer over its first token, which networks that foretell words leave out.

A model that is tuned on raw text is one to begin other tasks from, and those that judge a whole text read it through the pooler.
So it goes along as it is, and lies in the saved folder where a network that has one looks for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, PreTrainedModel


def keep_pooler(folder: Path, net: PreTrainedModel) -> None:
    """Give the body of a network the pooler of its checkpoint, where it was left out and the checkpoint has one."""
    body: Any = net.base_model
    if getattr(body, "pooler", body) is not None:
        return
    whole, told = AutoModel.from_pretrained(
        folder,
        dtype=torch.float32,
        trust_remote_code=False,
        use_safetensors=True,
        local_files_only=True,
        output_loading_info=True,
    )
    pooler = whole.pooler
    if isinstance(pooler, torch.nn.Linear) or any("pooler." in key for key in told["missing_keys"]):
        return  # half of a pooler (ALBERT's, whose other half its body has not got either), or one at random
    body.pooler = pooler.requires_grad_(False)
