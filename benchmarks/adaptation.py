"""What it is worth to adapt a model to a domain: `python benchmarks/adaptation.py` from the root of the repository.

minilm learns the texts of Medical Abstracts by masked words (no labels), and then both it and the model as it was learn two tasks
of the domain from few records: the abstracts' conditions, and the diseases in NCBI's sentences. Seeds draw the records and the
new layers; both sides get the same ones. The result is `adaptation.json` beside this file, saved after each seed.

On one core it takes about twelve minutes as it stands; `--abstracts`, `--epochs`, `--records` and `--seeds` make it longer.
"""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

import tasktune as tt
from run import machine
from sides import SHARED
from tasktune.datasets import records
from tasktune.recipe import Recipe
from tasktune.tasks import task

HERE = Path(__file__).parent
WORK = Path("runs/adaptation")
MODEL = "minilm"


@dataclass(frozen=True, slots=True)
class Downstream:
    """A task of the domain, its files under the shared data, and how few records are learnt for it, for how many epochs."""

    name: str
    train: str
    dev: str
    columns: dict[str, str]
    score: str
    records: int
    epochs: float


TEXT = {"text": "medical_abstract"}
ABSTRACTS = ("mlm/medical_abstracts/train.csv", "mlm/medical_abstracts/dev.csv")
TASKS = (
    Downstream("classification", *ABSTRACTS, {**TEXT, "answer": "condition_label"}, "macro_f1", 100, 3),
    Downstream("ner", "ner/ncbi_disease/train.tsv", "ner/ncbi_disease/devel.tsv", {}, "f1", 200, 4),
)


def main() -> None:
    """Adapt, then tune both models on each task with each seed."""
    asked = _arguments()
    shutil.rmtree(WORK, ignore_errors=True)
    results: dict[str, Any] = {"machine": machine(), "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"), "asked": vars(asked)}
    adapted = WORK / "adapted"
    texts, unseen = (_some("mask", file, TEXT, count, 0) for file, count in zip(ABSTRACTS, (asked.abstracts, 50), strict=True))
    made = tt.fit("mask", texts, unseen, MODEL, adapted, Recipe(epochs=asked.epochs, max_length=256))
    results["adaptation"] = {"abstracts": len(texts), **_scores(made), "seconds": made.facts["training"]["seconds"]}
    for of in TASKS:
        found = results[of.name] = {"records": of.records * asked.records, "score": of.score, "without": [], "with": []}
        for seed in range(asked.seeds):
            for side, model in (("without", MODEL), ("with", str(adapted))):
                found[side].append(_tuned(of, model, int(found["records"]), seed))
            gains = [b[of.score] - a[of.score] for a, b in zip(found["without"], found["with"], strict=True)]
            found["gain"] = {"mean": fmean(gains), "each": gains}
            (HERE / "adaptation.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        print(of.name, found["gain"], flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--abstracts", type=int, default=250, help="texts to adapt to")
    parser.add_argument("--epochs", type=float, default=3, help="passes over them")
    parser.add_argument("--records", type=int, default=1, help="times the few records of each task")
    parser.add_argument("--seeds", type=int, default=2)
    return parser.parse_args()


def _some(kind: str, file: str, columns: dict[str, str], count: int, seed: int) -> list[Any]:
    """So many records of a file, drawn by `seed`."""
    found = list(records(task(kind), SHARED / file, columns))
    return Random(seed).sample(found, min(count, len(found)))


def _tuned(of: Downstream, model: str, count: int, seed: int) -> dict[str, float]:
    """The dev scores of a model after it has learnt a task from so many records."""
    train, dev = _some(of.name, of.train, of.columns, count, seed), _some(of.name, of.dev, of.columns, 100, 0)
    recipe = Recipe(seed=seed, epochs=of.epochs, max_length=128, lossy="truncate", evaluations=1 / of.epochs)
    return _scores(tt.fit(of.name, train, dev, model, recipe=recipe))


def _scores(model: Any) -> dict[str, float]:
    return {name: score["value"] for name, score in model.facts["evaluation"]["scores"].items()}


if __name__ == "__main__":
    main()
