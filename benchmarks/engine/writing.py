"""Writing contestants: tasktune's generation and choices, and transformers' `generate` on the same prompts and network.

What is generated is counted as the tokens of the text that came out, the same way on both sides; what runs on behind the end of
a finished row is nobody's work.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import tasktune as tt
from engine import sources
from engine.machine import flops
from engine.pairs import Asked, Baton, Facts
from tasktune.core import Lost, Record
from tasktune.heads.base import Calibration
from tasktune.heads.prompts import end_id
from tasktune.models.inference import answers
from tasktune.models.model import Model, build
from tasktune.recipe import of
from tasktune.tasks import task

BATCH = 8
LONGEST = 32
"""Tokens that are written at most."""

LABELS = ("negative", "positive")


def untuned(asked: Asked, name: str, precision: str) -> Model:
    """The model as it comes, asked for a task."""
    labels = LABELS if name == "classification" else ()
    recipe = of({"precision": precision, "max_new_tokens": LONGEST, "lossy": "truncate"})
    return build(task(name), asked.model, lambda _: labels, recipe, lambda _: Calibration())


def wanted(asked: Asked, name: str) -> list[Record]:
    """The records to answer."""
    return sources.prompts(asked.amount) if name == "chat" else sources.spaced(sources.sentiments("dev"), asked.amount)


def ours(baton: Baton, asked: Asked, *, task: str, precision: str) -> Facts:
    """tasktune, in a number format."""
    model, records = untuned(asked, task, precision), wanted(asked, task)
    said = _turns(baton, asked, model, records, lambda: [str(p.answer) for p in model.predict(records)])
    if task == "chat":
        weights = sum(weight.numel() * weight.element_size() for weight in model.net.parameters())
        return {"said": said, "nll": _nll(model, asked), "flops": _flops(model, records, said), "bytes": weights}
    return {
        "said": said,
        "sure": _sure(model, records),
        "accuracy": _accuracy(records, said),
        "flops": _flops(model, records, said),
    }


def _sure(model: Model, records: list[Record]) -> float:
    """The share of records for which the network says a probability of each label, one in all."""
    found = (np.exp(raws[0][0]) for _, raws, _ in answers(model.net, model.head, records, Lost()))
    return float(np.mean([len(p) == len(LABELS) and math.isclose(p.sum(), 1.0, rel_tol=1e-4) for p in found]))


def generated(baton: Baton, asked: Asked, *, task: str, longest: int = LONGEST) -> Facts:
    """`generate`, greedy, eight prompts at a time in the order in which they come; for labels, a search of what it wrote.

    `longest` is how many tokens it may write; 0 is no more than the longest label takes.
    """
    model, records = untuned(asked, task, "fp32"), wanted(asked, task)
    longest = longest or max(len(model.head.tokenizer(f" {label}")["input_ids"]) for label in LABELS)
    said = _turns(baton, asked, model, records, lambda: _parsed(task, _generated(model, records, longest)))
    return {"said": said} if task == "chat" else {"said": said, "accuracy": _accuracy(records, said)}


def _turns(baton: Baton, asked: Asked, model: Model, records: list[Record], answer: Callable[[], list[str]]) -> list[str]:
    """All of the records, again and again."""
    baton.take()
    said: list[str] = []
    for _ in range(asked.turns):
        said = answer()
        baton.hand_over(_tokens(model, said) if model.task.name == "chat" else len(records))
    return said


def _tokens(model: Model, said: list[str]) -> int:
    """New tokens: those of the texts, and the one that ends each."""
    return sum(min(LONGEST, len(model.head.tokenizer(text, add_special_tokens=False)["input_ids"]) + 1) for text in said)


@torch.inference_mode()
def _generated(model: Model, records: list[Record], longest: int) -> list[str]:
    tokenizer, net, said = model.head.tokenizer, model.net, []
    prompts = [model.head.encode(record, Lost())[0].inputs["input_ids"] for record in records]
    ends = {"pad_token_id": tokenizer.pad_token_id, "eos_token_id": end_id(tokenizer)}
    for start in range(0, len(prompts), BATCH):
        batch = tokenizer.pad({"input_ids": prompts[start : start + BATCH]}, padding_side="left", return_tensors="pt")
        generate: Any = net.generate
        out = generate(**batch, max_new_tokens=longest, do_sample=False, **ends)[:, batch["input_ids"].size(1) :]
        said += tokenizer.batch_decode(out, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return said


def _parsed(name: str, said: list[str]) -> list[str]:
    if name == "chat":
        return said
    found = (re.search("|".join(LABELS), text.casefold()) for text in said)
    return [match.group() if match else "" for match in found]


def _accuracy(records: list[Any], said: list[str]) -> float:
    names = dict(zip(sorted({record.answer for record in records}), LABELS, strict=False))
    return sum(names[record.answer] == text for record, text in zip(records, said, strict=True)) / len(records)


def _nll(model: Model, asked: Asked) -> float:
    """Nats a token on answers that people wrote."""
    held_out = sources.spaced(sources.conversations(), max(2, asked.amount // 2))
    return math.log(tt.evaluate(model, held_out).scores.values["perplexity"].value)


def _flops(model: Model, records: list[Record], said: list[str]) -> float:
    """Floating-point operations that the work cannot do without, a unit of it: each prompt read once, each new token once."""
    given = [model.head.encode(record, Lost())[0].length for record in records]
    new = [len(model.head.tokenizer(text, add_special_tokens=False)["input_ids"]) + 1 for text in said]
    total = flops(model.net, [a + b - 1 for a, b in zip(given, new, strict=True)], sum(new))
    return total / (_tokens(model, said) if model.task.name == "chat" else len(records))
