"""The stretch of a text that answers a question, as transformers' users fine-tune it: windows with a stride, the best of all."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, DataCollatorWithPadding, EvalPrediction, Trainer

from job import Job
from trainer_run import Clock, arguments, given, report, rows

STRIDE, LONGEST, BEST = 128, 30, 20  # as in transformers' own example, run_qa.py


def f1(gold: str, said: str) -> float:
    """Words in common; 1 or 0 where one has none."""
    one, other = gold.lower().split(), said.lower().split()
    if not one or not other:
        return float(one == other)
    both = (Counter(one) & Counter(other)).total()
    return 2 * both / (len(one) + len(other))


def words(row: dict[str, Any], place: list[int] | None) -> str:
    return row["context"][place[0] : place[1]] if place else ""


def main(job: Job) -> None:
    train, dev = rows(job.train), rows(job.dev)
    tokenizer = AutoTokenizer.from_pretrained(job.model)
    model = AutoModelForQuestionAnswering.from_pretrained(job.model)
    length = min(job.max_length, 384)

    def windows(row: dict[str, Any]) -> list[dict[str, Any]]:
        found = tokenizer(
            row["question"].strip(),
            row["context"],
            truncation="only_second",
            max_length=length,
            stride=STRIDE,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        return [one(row, found, k) for k in range(len(found["input_ids"]))]

    def one(row: dict[str, Any], found: Any, k: int) -> dict[str, Any]:
        """A window: its tokens, where they stand, and where the answer begins and ends, which is token 0 for none."""
        places = [p if s == 1 else None for p, s in zip(found["offset_mapping"][k], found.sequence_ids(k), strict=True)]
        start = end = 0
        if row["answer"]:
            begins = [i for i, p in enumerate(places) if p and p[0] <= row["answer"][0] < p[1]]
            ends = [i for i, p in enumerate(places) if p and p[0] < row["answer"][1] <= p[1]]
            if begins and ends:
                start, end = begins[0], ends[0]
        inputs = {name: found[name][k] for name in tokenizer.model_input_names}
        return {"inputs": {**inputs, "start_positions": start, "end_positions": end}, "places": places}

    dev_windows = [(number, window) for number, row in enumerate(dev) for window in windows(row)]

    def answered(logits: Any) -> list[list[int] | None]:
        """The best stretch of each row over its windows, or none where the first token is better."""
        best: list[tuple[float, list[int] | None]] = [(-np.inf, None)] * len(dev)
        nothing = [np.inf] * len(dev)
        for (number, window), starts, ends in zip(dev_windows, *logits, strict=True):
            nothing[number] = min(nothing[number], starts[0] + ends[0])
            places = window["places"]
            for i in np.argsort(starts[: len(places)])[-BEST:]:
                for j in np.argsort(ends[: len(places)])[-BEST:]:
                    if places[i] and places[j] and i <= j < i + LONGEST:
                        best[number] = max(
                            best[number],
                            (float(starts[i] + ends[j]), [places[i][0], places[j][1]]),
                            key=lambda each: each[0],
                        )
        return [place if score > none else None for (score, place), none in zip(best, nothing, strict=True)]

    def metrics(found: EvalPrediction) -> dict[str, float]:
        said = answered(found.predictions)
        return {"f1": float(np.mean([f1(words(r, r["answer"]), words(r, s)) for r, s in zip(dev, said, strict=True)]))}

    train_set, clock = [window["inputs"] for row in train for window in windows(row)], Clock()
    trainer = Trainer(
        model,
        arguments(job, "f1"),
        train_dataset=train_set,
        eval_dataset=[window["inputs"] for _, window in dev_windows],
        data_collator=DataCollatorWithPadding(tokenizer),
        compute_metrics=metrics,
        callbacks=[clock],
    )
    trainer.train()
    said = answered(trainer.predict(trainer.eval_dataset).predictions)
    report(job, clock, sum(len(f["input_ids"]) for f in train_set), said)


if __name__ == "__main__":
    main(given())
