"""What makes two runs, or two models, the same: what they are, and not what they are called."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, replace
from hashlib import blake2b, sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tasktune.core import Record
from tasktune.heads.base import Head
from tasktune.models.cache import sha256_of
from tasktune.models.course import Lesson

_FREE = ("device", "token_budget")
"""Options that change where and in how many passes a step is computed, not what it is: memory that ran out is no end."""


def identity(source: Path, head: Head, lessons: Iterable[Lesson], held_out: Iterable[Record]) -> dict[str, Any]:
    """The digests of a pre-trained model's folder, of what is learnt from and measured by, and the options, by name.

    The lessons are what training sees: a change of data, tokenizer, task or framing shows in them.
    """
    weights = sorted(path for path in source.iterdir() if path.name == "config.json" or path.suffix == ".safetensors")
    return {
        "the model": _digest(f"{path.name} {sha256_of(path)}" for path in weights),
        "the training data": _digest(repr(lesson.features) for lesson in lessons),
        "the dev data": _digest(repr(replace(record, id="")) for record in held_out),  # an id names the file
        **{name: value for name, value in asdict(head.recipe).items() if name not in _FREE},
        **{package: version(package) for package in ("tasktune", "transformers", "torch")},
    }


def _digest(texts: Iterable[str]) -> str:
    total = sha256()
    for text in texts:
        total.update(text.encode())
        total.update(b"\n")
    return total.hexdigest()[:16]


def digest_of(net: nn.Module, but: Collection[str] = ()) -> str:
    """What tells the weights of a network from any others, `but` for some that do not count: 16 hexadecimal digits."""
    total = blake2b(digest_size=8)
    for name, weight in sorted((name, weight) for name, weight in net.state_dict().items() if name not in but):
        total.update(f"{name} {weight.dtype} {tuple(weight.shape)}".encode())
        total.update(weight.detach().cpu().contiguous().view(torch.uint8).numpy().data)
    return total.hexdigest()
