"""What the four plain scripts share: what to do comes in, the Trainer's arguments and a clock, what came of it goes out.

The scripts are what a user of transformers writes, and know nothing of tasktune: rows of JSON lines in, answers out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from transformers import TrainerCallback, TrainingArguments, set_seed

from job import Job


def given() -> Job:
    """The job in the JSON file that the command line names."""
    read = Job(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    set_seed(read.seed)
    return read


def rows(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").split("\n") if line]


def arguments(job: Job, best: str = "eval_loss") -> TrainingArguments:
    """Evaluate each epoch and keep the best, as tasktune does; everything else as it comes."""
    return TrainingArguments(
        output_dir=job.out,
        num_train_epochs=job.epochs,
        per_device_train_batch_size=job.batch_size,
        per_device_eval_batch_size=job.batch_size,
        learning_rate=job.learning_rate,
        warmup_steps=job.warmup,  # below 1 it is a share of all steps
        weight_decay=job.weight_decay,
        max_grad_norm=job.clip,
        seed=job.seed,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_only_model=True,
        save_total_limit=1,
        load_best_model_at_end=True,
        metric_for_best_model=best,
        report_to="none",
        disable_tqdm=True,
    )


class Clock(TrainerCallback):
    """The seconds between the start and the end of each epoch: evaluating and saving come after its end."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._started = 0.0

    def on_epoch_begin(self, *_: Any, **__: Any) -> None:
        """Start."""
        self._started = perf_counter()

    def on_epoch_end(self, *_: Any, **__: Any) -> None:
        """Stop."""
        self.seconds += perf_counter() - self._started


def report(job: Job, clock: Clock, tokens: int, answers: list[Any]) -> None:
    """Write what came of it. `tokens` are those that an epoch reads, padding apart."""
    found = {"seconds": round(clock.seconds, 2), "tokens": tokens, "answers": answers}
    (Path(job.out) / "report.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
