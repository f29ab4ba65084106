"""Run as one of several processes: train tiny models on four records of a task, and write down what came of it.

`python side_by_side.py OUT TASK=FOLDER …` in the environment that a launcher makes; the first process writes OUT as JSON. Without
such an environment the same is done by one process, which is what the others are compared with.

With KEPT in the environment there is a checkpoint after every step in the folder of that name, to go on from; with STOP, training
ends after as many steps.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from cases import KNOWING, example, untrained
from tasktune.core import InputError, Lost
from tasktune.models import processes
from tasktune.models.adapters import adapted, merged
from tasktune.models.checkpoints import Checkpoints, Pace
from tasktune.models.course import Lesson, Subject
from tasktune.models.evaluation import measure, primary
from tasktune.models.sharding import gathered, shard
from tasktune.models.training import Step, train
from tasktune.tasks import task
from tasktune.tasks.regression import Regression

RECIPE = replace(KNOWING, epochs=3, batch_size=3, evaluations=1.0, learning_rate=1e-3, token_budget=64)
"""Batches of three and one of the example's four records: one has nothing to do for the second process in turn."""

APART = tuple(
    Regression(id=f"r{k}", text=text, pair=pair, answer=answer)
    for k, (text, pair, answer) in enumerate(
        [("PPPP", "PPPP", 0.0), ("The dog sleeps.", "The dog sleeps.", 1.0), ("a", "a", 4.0), ("a", "( ( ( (", 5.0)]
    )
)
"""Texts that a model tells apart that has hardly learnt: where its numbers are all alike, rounding makes their correlation."""

TOLD = 77
"""What the generation config says, which a network does not get from its own config."""


def tuned(name: str, folder: Path, lora: int = 0) -> dict[str, Any]:
    """The losses, dev scores and a fingerprint of the weights, of a few steps on four records; and their final evaluation."""
    torch.manual_seed(5)  # the layers that a task adds begin at random
    model = untrained(task(name), folder, replace(RECIPE, lora=lora))
    records, net = list(APART) if name == "regression" else example(name), model.net
    lessons = [Lesson(record.id, found) for record in records for found in model.head.supervise(record, Lost())]
    if lora:
        net = adapted(net, model.head.framing, model.family, model.head.recipe)

    if net.can_generate():
        net.generation_config.max_length = TOLD
    shard(net)
    kept = Path(os.environ["KEPT"]) / name if "KEPT" in os.environ else None
    checkpoints = None if kept is None else Checkpoints(kept, lambda: {"task": name}, print, Pace(shortest=0, failing=0))
    trained = train(
        net, [Subject(net, model.head, lessons)], partial(primary, model.task, net, model.head, records), _stopping, checkpoints
    )
    net = gathered(merged(net) if lora else net)
    found = measure(model.task, net, model.head, records)
    return {
        **asdict(trained),
        "told": net.generation_config.max_length if net.can_generate() else None,
        "weights": [float(weight.detach().double().sum()) for weight in net.parameters()],
        "evaluation": found.as_json(),
    }


def _stopping(step: Step) -> None:
    if step.done == int(os.environ.get("STOP", "-1")) + 1:  # the checkpoint of a step is written after its report
        raise InputError("stopped")


def main(out: str, *cases: str) -> None:
    """Do every case, `TASK=FOLDER` or `TASK=FOLDER=RANK` with adapters of that rank."""
    with processes.together():
        done = [tuned(name, Path(folder), *map(int, rank)) for name, folder, *rank in (case.split("=") for case in cases)]
        if processes.is_first():
            Path(out).write_text(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
