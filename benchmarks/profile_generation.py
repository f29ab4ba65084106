"""Where the time of writing goes: what a step costs by how many sequences take it, and all of the work beside `generate`.

    python benchmarks/profile_generation.py steps       # a step of 1 to 64 sequences: its time, and what of it
    python benchmarks/profile_generation.py work 64     # 64 conversations of mixed length, answered by both

Processor time of one thread, since that can be compared on a machine that does other things as well.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from statistics import median
from time import process_time
from typing import Any

import torch
from torch import nn

from engine import sources
from engine.writing import BATCH, LONGEST
from engine.writing import _generated as generate
from tasktune.core import Lost
from tasktune.generation.choosing import Manner
from tasktune.generation.lanes import DecoderLanes
from tasktune.generation.loop import write
from tasktune.generation.searches import Line
from tasktune.heads.base import Calibration
from tasktune.heads.prompts import end_id
from tasktune.models.model import Model, build
from tasktune.recipe import of
from tasktune.tasks import task

TURNS = 5
ROOM = 2**20  # tokens of memory: all at once


def main(what: str = "steps", amount: str = "64") -> None:
    torch.set_num_threads(1)
    if what == "steps":
        steps()
    else:
        work(int(amount))


def model(precision: str, **options: Any) -> Model:
    """smollm2 as it comes, to chat."""
    recipe = of({"precision": precision, "max_new_tokens": LONGEST, "lossy": "truncate", "max_length": 1024, **options})
    return build(task("chat"), "smollm2", lambda _: (), recipe, lambda _: Calibration())


@torch.inference_mode()
def steps() -> None:
    """Milliseconds of a step, and of the matrix products in it."""
    sides = {name: model(name, min_new_tokens=LONGEST) for name in ("fp32", "int8")}
    print("| sequences | a step, ms | its matrix products, ms | with 8-bit weights, ms |\n| --- | --- | --- | --- |")
    for rows in (1, 4, 8, 32, 64):
        begun = {name: started(side, rows) for name, side in sides.items()}
        taken: dict[str, list[float]] = {"fp32": [], "products": [], "int8": []}
        for _ in range(TURNS):
            for name, coming in begun.items():
                taken[name].append(timed(next, coming))
            taken["products"].append(timed(products, sides["fp32"], rows))
        figures = (f"{1e3 * median(taken[name]):.0f}" for name in ("fp32", "products", "int8"))
        print(f"| {rows} | {' | '.join(figures)} |", flush=True)


def started(side: Model, rows: int) -> Iterator[None]:
    """So many sequences that have been read and have taken a step."""
    head = side.head
    manner = Manner(head.recipe.decoding, LONGEST, end_id(head.tokenizer), str)
    prompts = [head.encode(record, Lost())[0].inputs["input_ids"] for record in sources.prompts(rows)]
    coming = write(DecoderLanes(side.net), [Line(prompt, prompt, manner) for prompt in prompts], ROOM)
    next(coming)
    next(coming)
    return coming


def products(side: Model, rows: int) -> None:
    """All linear layers of the network, and nothing else."""
    given = {}
    for layer in side.net.modules():
        if isinstance(layer, nn.Linear):
            layer(given.setdefault(layer.in_features, torch.ones(rows, layer.in_features)))


def work(amount: int) -> None:
    """Seconds of reading and writing, and of `generate`, for the same texts."""
    asked, records = model("fp32"), sources.prompts(amount)
    spent, counted = {"read": 0.0, "step": 0.0}, Counter[str]()
    for name in ("read", "step"):
        setattr(DecoderLanes, name, metered(name, getattr(DecoderLanes, name), spent, counted))
    said: list[str] = []
    ours = timed(lambda: said.extend(str(p.answer) for p in asked.predict(records)))
    theirs_said: list[str] = []
    theirs = timed(lambda: theirs_said.extend(generate(asked, records, LONGEST)))
    tokens = counted["step sequences"] + amount
    parts = ", ".join(f"{counted[name]} times {name} {spent[name]:.1f} s" for name in ("read", "step"))
    print(f"{amount} prompts, {tokens} new tokens, at most {LONGEST} each; texts equal to generate's: {equal(said, theirs_said)}")
    print(f"tasktune {ours:.1f} s: {parts}")
    print(f"generate, batch {BATCH}: {theirs:.1f} s, {theirs / ours:.2f} times as long")


def metered(
    name: str, method: Callable[[Any, Any], Any], spent: dict[str, float], counted: Counter[str]
) -> Callable[[DecoderLanes, Any], Any]:
    """A method that notes its seconds, its calls and the sequences that it was given."""

    def with_meter(lanes: DecoderLanes, given: Any) -> Any:
        begun = process_time()
        result = method(lanes, given)
        spent[name] += process_time() - begun
        counted.update({name: 1, f"{name} sequences": len(given)})
        return result

    return with_meter


def equal(ours: list[str], theirs: list[str]) -> str:
    return f"{sum(a == b for a, b in zip(ours, theirs, strict=True))} of {len(theirs)}"


def timed(job: Callable[..., Any], *given: Any) -> float:
    """Seconds of processor time."""
    begun = process_time()
    job(*given)
    return process_time() - begun


if __name__ == "__main__":
    main(*sys.argv[1:])
