"""Several writing tasks in one fine-tune, each beside itself alone and untuned: `python benchmarks/mixture.py` from the root.

Inference (SICK), questions answered from memory (WebQuestions) and sums in words (SVAMP), by the commands that a user types: one
smollm2 learns all of them at once, one learns each alone from the same records, and one is asked as it comes. Each task has its
own score. `--quick` takes a few records, to see that everything works. The result is `mixture.json` beside this file.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cut import cut
from run import machine
from sides import SHARED, TASKTUNE, started

HERE = Path(__file__).parent
WORK = Path("runs/bench-mixture")
TASKS = {
    "nli": ("nli/sick/SICK_train.txt", "nli/sick/SICK_trial.txt"),
    "question-answering-generative": ("generative_qa/webquestions/trainmodel.json", "generative_qa/webquestions/val.json"),
    "reasoning": ("reasoning/svamp/SVAMP_700.json", "reasoning/svamp/SVAMP_700.json"),
}
PARTS = {"train": (0.0, 0.8), "dev": (0.8, 1.0)}
"""Of a file that has no dev split of its own."""
LABELS = {"nli": ("--labels", "CONTRADICTION,ENTAILMENT,NEUTRAL")}
"""What a model that was not tuned cannot know."""
WRITTEN = ("--max-new-tokens", "16")
OPTIONS = ("--epochs", "1", "--batch-size", "8", *WRITTEN)

Files = dict[str, dict[str, str]]
"""A task's files to learn from and to measure by."""


def main() -> int:
    """Run the tasks together, each alone and each untuned, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    shutil.rmtree(WORK, ignore_errors=True)
    sizes = {"train": 8, "dev": 4} if quick else {"train": 100, "dev": 60}
    files: Files = {task: {part: str(_cut(task, part, size)) for part, size in sizes.items()} for task in TASKS}
    joint = tuned(files)
    rows = {
        task: {
            "untuned": _primary(_told("evaluate", task, each["dev"], "--model", "smollm2", *WRITTEN, *LABELS.get(task, ()))),
            "together": _primary(joint["tasks"][task]),
            "alone": _primary(tuned({task: each})),
        }
        for task, each in files.items()
    }
    result = {"rows": rows, "records": sizes, "machine": machine(), "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M")}
    place = (WORK if quick else HERE) / "mixture.json"
    place.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for task, row in rows.items():
        print(task, {way: f"{score['value']:.3f}" for way, score in row.items()})
    return 0


def _cut(task: str, part: str, count: int) -> Path:
    train, dev = TASKS[task]
    source = SHARED / (train if part == "train" else dev)
    return cut(source, WORK / f"{task}-{part}", count, PARTS[part] if train == dev else (0.0, 1.0))


def tuned(files: Files) -> Any:
    """What `evaluate` says of a smollm2 that has learnt these tasks."""
    folder = WORK / "+".join(files)
    named = {part: [f"{task}={each[part]}" if len(files) > 1 else each[part] for task, each in files.items()] for part in PARTS}
    data = [word for part, places in named.items() for place in places for word in (f"--{part}", place)]
    started([TASKTUNE, "fit", "+".join(files), *data, "--model", "smollm2", "--out", str(folder), *OPTIONS])
    return _told("evaluate", str(folder), *named["dev"])


def _told(*words: str) -> Any:
    return json.loads(started([TASKTUNE, *words, "--json"]).said)


def _primary(told: Any) -> dict[str, Any]:
    """The main score of a task, with its name."""
    return {"name": told["primary"], **told["scores"][told["primary"]]}


if __name__ == "__main__":
    sys.exit(main())
