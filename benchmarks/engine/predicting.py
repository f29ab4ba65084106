"""Predicting contestants: `Model.predict`, and transformers' `pipeline` on the same saved model and the same texts.

A turn is a slice of the texts, tokenizing included on both sides; the first one, which warms up, repeats the slice after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

from transformers import pipeline
from transformers.utils import logging

import tasktune as tt
from engine import sources
from engine.machine import flops
from engine.pairs import Asked, Baton, Facts
from tasktune.core import Lost
from tasktune.models.model import Model
from tasktune.recipe import Recipe

BATCHES = (1, 8, 16, 32, 64)


def slices(asked: Asked) -> list[list[str]]:
    """The texts of each turn."""
    texts = sources.texts(asked.amount * (asked.turns - 1))
    parts = [texts[k :: asked.turns - 1] for k in range(asked.turns - 1)]
    return [parts[0], *parts]


def tuned(asked: Asked, task: str) -> Path:
    """The folder of a model that has learnt the task well enough to be sure of its answers, made where it is not there."""
    out = asked.folder / f"{task}-{Path(asked.model).name}"
    if not out.exists():
        learnt = sources.wnut("train") if task == "ner" else sources.sentiments("train")
        dev = sources.wnut("dev") if task == "ner" else sources.sentiments("dev")
        count = 1200 if asked.amount >= 100 else 40
        recipe = Recipe(epochs=2, seed=sources.SEED)
        tt.fit(task, sources.spaced(learnt, count), sources.spaced(dev, count // 4), asked.model, out, recipe)
    return out


def ours(baton: Baton, asked: Asked, *, task: str, precision: str) -> Facts:
    """tasktune, in a number format: `auto` is what it takes of itself."""
    model = tt.load(tuned(asked, task), {"precision": precision})
    said: list[Any] = []
    baton.take()
    for part in slices(asked):
        said.append(model.predict(part))
        baton.hand_over(len(part))
    dev = sources.spaced(sources.wnut("dev") if task == "ner" else sources.sentiments("dev"), asked.amount)
    return {
        "said": [spoken(model, prediction) for part in said[1:] for prediction in part],
        "score": tt.evaluate(model, dev).scores.main.value,
        "flops": _flops(model, asked),
    }


def spoken(model: Model, prediction: tt.Prediction) -> dict[str, list[Any]]:
    """The label of each word, or of the text as a whole, and the probability of each part of the answer."""
    if model.task.name != "ner":
        return {"labels": [prediction.answer], "scores": [prediction.score]}
    tags = model.head.framing.write(replace(prediction.record, answer=prediction.answer))
    return {"labels": list(tags), "scores": list(prediction.scored.scores)}


def _flops(model: Model, asked: Asked) -> float:
    """Floating-point operations that a text cannot do without."""
    texts = [text for part in slices(asked)[1:] for text in part]
    records = [model.task.record(text=text) for text in texts]
    lengths = [f.length for record in records for f in model.head.encode(record, Lost())]
    return flops(model.net, lengths, sum(lengths)) / len(texts)


def piped(baton: Baton, asked: Asked, *, task: str, best: bool = False) -> Facts:
    """`pipeline`: its defaults, or the best of a few batch sizes as tried on a part of the first slice."""
    logging.set_verbosity_error()
    kind = {"ner": ("token-classification", {"aggregation_strategy": "simple"}), "classification": ("text-classification", {})}
    name, options = kind[task]
    pipe: Any = pipeline(name, model=str(tuned(asked, task)), **options)
    parts = slices(asked)
    size = min(BATCHES, key=lambda size: _seconds(pipe, parts[0][:160], size)) if best else None
    said: list[Any] = []
    baton.take()
    for part in parts:
        found = pipe(part, **({"batch_size": size} if size else {}))
        said.append(found)
        baton.hand_over(len(part))
    told = [answer for part in said[1:] for answer in part]
    return {"batch_size": size} | (
        {"said": [{"labels": [one["label"]], "scores": [one["score"]]} for one in told]} if task == "classification" else {}
    )


def _seconds(pipe: Any, texts: Sequence[str], size: int) -> float:
    began = perf_counter()
    pipe(list(texts), batch_size=size)
    return perf_counter() - began
