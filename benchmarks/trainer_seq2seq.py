"""Prompt and completion on an encoder-decoder, as transformers' users fine-tune it."""

from __future__ import annotations

from typing import Any

import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, DataCollatorForSeq2Seq, Trainer

from job import Job
from trainer_run import Clock, arguments, given, report, rows


def encoded(tokenizer: Any, row: dict[str, Any], max_length: int) -> dict[str, list[int]]:
    """The labels lack BERT's first token: the decoder starts from it and need not say it."""
    features = tokenizer(row["prompt"], truncation=True, max_length=max_length)
    target = tokenizer(text_target=row["completion"], truncation=True, max_length=max_length + 1)
    return {
        "input_ids": features["input_ids"],
        "attention_mask": features["attention_mask"],
        "labels": target["input_ids"][1:],
    }


@torch.inference_mode()
def likelihoods(model: Any, features: list[dict[str, list[int]]]) -> list[dict[str, float]]:
    """Nats and tokens of each row's completion."""
    found = []
    for feature in features:
        targets = len(feature["labels"])
        inputs = {name: torch.tensor([ids]).to(model.device) for name, ids in feature.items()}
        found.append({"nats": float(model(**inputs).loss) * targets, "tokens": targets})
    return found


@torch.inference_mode()
def written(model: Any, tokenizer: Any, dev: list[dict[str, Any]], job: Job) -> list[str]:
    said = []
    for start in range(0, len(dev), job.batch_size):
        prompts = [row["prompt"] for row in dev[start : start + job.batch_size]]
        batch = tokenizer(prompts, padding=True, truncation=True, max_length=job.max_length, return_tensors="pt")
        batch = {name: batch[name].to(model.device) for name in ("input_ids", "attention_mask")}
        out = model.generate(**batch, max_new_tokens=job.max_new_tokens, do_sample=False)
        said += tokenizer.batch_decode(out, skip_special_tokens=True)
    return said


def main(job: Job) -> None:
    train, dev = rows(job.train), rows(job.dev)
    tokenizer = AutoTokenizer.from_pretrained(job.model)
    model = AutoModelForSeq2SeqLM.from_pretrained(job.model)
    train_set, clock = [encoded(tokenizer, row, job.max_length) for row in train], Clock()
    dev_set = [encoded(tokenizer, row, job.max_length) for row in dev]
    trainer = Trainer(
        model,
        arguments(job),
        train_dataset=train_set,
        eval_dataset=dev_set,
        data_collator=DataCollatorForSeq2Seq(tokenizer),
        callbacks=[clock],
    )
    trainer.args.prediction_loss_only = True
    trainer.train()
    model.eval()
    said: list[Any] = likelihoods(model, dev_set) if job.kind == "likelihood" else written(model, tokenizer, dev, job)
    report(job, clock, sum(len(f["input_ids"]) + len(f["labels"]) for f in train_set), said)


if __name__ == "__main__":
    main(given())
