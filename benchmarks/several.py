"""Several tasks on one encoder beside each of them alone: `python benchmarks/several.py` from the root of the repository.

Parts of speech and trees from EWT, entities from WikiGold, by the commands that a user types, with one recipe for all runs. What
is told: each task's scores in both, the seconds of learning and of answering, and the size of what is kept. `--quick` runs a few
records, to see that everything works; `--train N` and `--dev N` say how many sentences of each file are taken.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cut import cut
from sides import SHARED, TASKTUNE, started

HERE = Path(__file__).parent
WORK = Path("runs/bench-several")
_EWT = ("parsing/en_ewt/en_ewt-ud-train.conllu", "parsing/en_ewt/en_ewt-ud-dev.conllu")
TASKS = {
    "pos": _EWT,
    "dependency-parsing": _EWT,
    "ner": ("ner/wikigold/train.conll", "ner/wikigold/dev.conll"),
}
SIZES = {"train": 700, "dev": 250}
"""Sentences of each file: about fifteen minutes of a core in all, at four epochs."""


@dataclass(frozen=True, slots=True)
class Files:
    """A task's files to learn from and to measure by."""

    train: Path
    dev: Path


def main() -> int:
    """Run the tasks together and each alone, and write what came of it."""
    given = _arguments()
    sizes = {"train": 12, "dev": 6} if given.quick else {"train": given.train, "dev": given.dev}
    shutil.rmtree(WORK, ignore_errors=True)
    files = {task: Files(*_cut(task, both, sizes)) for task, both in TASKS.items()}
    options = ["--model", given.model, "--epochs", "1" if given.quick else str(given.epochs)]
    rows = {"+".join(TASKS): run(files, options)}
    rows |= {task: run({task: files[task]}, options) for task in TASKS}
    result = {"date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"), "model": given.model, "sentences": sizes, "rows": rows}
    out = WORK / "several.json" if given.quick else HERE / "several.json"
    out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(table(rows))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--model", default="minilm")
    parser.add_argument("--epochs", type=float, default=4)
    for name, count in SIZES.items():
        parser.add_argument(f"--{name}", type=int, default=count, metavar="N")
    return parser.parse_args()


def _cut(task: str, files: tuple[str, str], sizes: dict[str, int]) -> tuple[Path, Path]:
    train, dev = (
        cut(SHARED / source, WORK / "data" / f"{task}-{part}", count)
        for source, (part, count) in zip(files, sizes.items(), strict=True)
    )
    return train, dev


def run(files: dict[str, Files], options: list[str]) -> dict[str, Any]:
    """Fit, evaluate and predict the sentences to measure by, for these tasks: all at once where there are several."""
    name, folder = "+".join(files), WORK / "models" / "+".join(files)
    named = {part: [f"{task}={getattr(each, part)}" for task, each in files.items()] for part in ("train", "dev")}
    if len(files) == 1:
        named = {part: [each.partition("=")[2] for each in several] for part, several in named.items()}
    data = [word for part, several in named.items() for each in several for word in (f"--{part}", each)]
    texts = _texts(next(iter(files.values())).dev)
    fit = started([TASKTUNE, "fit", name, *data, "--out", str(folder), *options])
    measured = started([TASKTUNE, "evaluate", str(folder), *named["dev"], "--json"])
    asked = started([TASKTUNE, "predict", str(folder), str(texts), "--format", "text", "--out", str(WORK / "said.jsonl")])
    told = json.loads(measured.said)
    weights = folder / "model.safetensors"
    return {
        "scores": {task: each["scores"] for task, each in (told.get("tasks") or {name: told}).items()},
        "primary": {task: each["primary"] for task, each in (told.get("tasks") or {name: told}).items()},
        "training": json.loads((folder / "tasktune.json").read_text(encoding="utf-8"))["training"],
        "seconds": {"fit": fit.seconds, "evaluate": measured.seconds, "predict": asked.seconds},
        "peak": max(fit.peak, measured.peak, asked.peak),
        "bytes": weights.stat().st_size,
    }


def _texts(dev: Path) -> Path:
    """The sentences of a CoNLL-U or CoNLL file as raw text, a line each: what every run is asked about."""
    out = WORK / "data" / "texts.txt"
    if not out.exists():
        lines = dev.read_text(encoding="utf-8").splitlines()
        texts = [line.partition("= ")[2] for line in lines if line.startswith("# text = ")]
        out.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return out


def table(rows: dict[str, dict[str, Any]]) -> str:
    """Each task's main score together and alone, and what all the runs took."""
    joint, *_ = rows.values()
    lines = ["| task | together | alone |", "|---|---:|---:|"]
    for task in TASKS:
        primary = joint["primary"][task]
        both = [row["scores"][task][primary]["value"] for row in (joint, rows[task])]
        lines.append(f"| {task}: {primary} | {both[0]:.4f} | {both[1]:.4f} |")
    for what in ("fit", "predict"):
        alone = sum(rows[task]["seconds"][what] for task in TASKS)
        lines.append(f"| seconds to {what} | {joint['seconds'][what]:.0f} | {alone:.0f} in all |")
    lines.append(
        f"| MB of weights | {joint['bytes'] / 1e6:.0f} | {sum(rows[task]['bytes'] for task in TASKS) / 1e6:.0f} in all |"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
