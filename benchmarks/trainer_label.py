"""One label, several, or a number for a text or a pair of texts, as transformers' users fine-tune it."""

from __future__ import annotations

from typing import Any

import numpy as np
from transformers import AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, EvalPrediction, Trainer

from job import Job
from trainer_run import Clock, arguments, given, report, rows

PROBLEM = {"one": "single_label_classification", "many": "multi_label_classification", "number": "regression"}
BEST = {"one": "accuracy", "many": "macro_f1", "number": "pearson"}
UNKNOWN = -100  # a label of the dev split that training never showed: the loss passes it over


def names(kind: str, train: list[dict[str, Any]]) -> list[str]:
    if kind == "number":
        return []
    return sorted({name for row in train for name in ([row["label"]] if kind == "one" else row["label"])})


def target(kind: str, given: Any, number_of: dict[str, int]) -> Any:
    match kind:
        case "one":
            return number_of.get(given, UNKNOWN)
        case "many":
            return [float(name in given) for name in number_of]
        case _:
            return float(given)


def metrics(kind: str, found: EvalPrediction) -> dict[str, float]:
    said, gold = np.asarray(found.predictions), np.asarray(found.label_ids)
    match kind:
        case "one":
            return {"accuracy": float((said.argmax(-1) == gold).mean())}
        case "many":
            yes = said > 0
            each = 2 * (yes * gold).sum(0) / np.maximum(1.0, yes.sum(0) + gold.sum(0))
            return {"macro_f1": float(each[(yes.sum(0) + gold.sum(0)) > 0].mean())}
        case _:
            return {"pearson": float(np.corrcoef(said[:, 0], gold)[0, 1])}


def answers(kind: str, logits: Any, labels: list[str]) -> list[Any]:
    match kind:
        case "one":
            return [labels[k] for k in logits.argmax(-1)]
        case "many":
            return [[name for name, x in zip(labels, row, strict=True) if x > 0] for row in logits]
        case _:
            return [float(x) for x in logits[:, 0]]


def main(job: Job) -> None:
    train, dev = rows(job.train), rows(job.dev)
    labels = names(job.kind, train)
    number_of = {name: k for k, name in enumerate(labels)}
    tokenizer = AutoTokenizer.from_pretrained(job.model)
    outputs: dict[str, Any] = {"id2label": dict(enumerate(labels)), "label2id": number_of} if labels else {"num_labels": 1}
    model = AutoModelForSequenceClassification.from_pretrained(job.model, problem_type=PROBLEM[job.kind], **outputs)

    def encoded(row: dict[str, Any]) -> dict[str, Any]:
        features = tokenizer(row["text"], row["pair"] or None, truncation=True, max_length=job.max_length)
        return {**features, "labels": target(job.kind, row["label"], number_of)}

    train_set, clock = [encoded(row) for row in train], Clock()
    trainer = Trainer(
        model,
        arguments(job, BEST[job.kind]),
        train_dataset=train_set,
        eval_dataset=[encoded(row) for row in dev],
        data_collator=DataCollatorWithPadding(tokenizer),
        compute_metrics=lambda found: metrics(job.kind, found),
        callbacks=[clock],
    )
    trainer.train()
    said = answers(job.kind, trainer.predict(trainer.eval_dataset).predictions, labels)
    report(job, clock, sum(len(f["input_ids"]) for f in train_set), said)


if __name__ == "__main__":
    main(given())
