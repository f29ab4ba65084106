"""Prompt and completion, or a conversation, on a decoder, as transformers' users fine-tune it: the loss is on what is answered.

A row holds `pieces`: texts, and whether the model is to say them. A conversation is cut into such pieces by its chat template.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DataCollatorForSeq2Seq, Trainer

from job import Job
from trainer_run import Clock, arguments, given, report, rows

IGNORED = -100


def pieces(tokenizer: Any, row: dict[str, Any]) -> list[tuple[str, bool]]:
    if "messages" not in row:
        return [(row["prompt"], False), (row["completion"] + tokenizer.eos_token, True)]
    found, done, turns = [], "", row["messages"]
    for k, turn in enumerate(turns):
        if turn["role"] == "assistant":
            given = tokenizer.apply_chat_template(turns[:k], tokenize=False, add_generation_prompt=True)
            said = turn["content"] + tokenizer.eos_token
            found += [(given.removeprefix(done), False), (said, True)]
            done = given + said
    return found


def encoded(tokenizer: Any, row: dict[str, Any], max_length: int) -> dict[str, list[int]]:
    ids: list[int] = []
    labels: list[int] = []
    for text, said in pieces(tokenizer, row):
        piece = tokenizer(text, add_special_tokens=False).input_ids or ([] if ids else [tokenizer.bos_token_id])
        ids += piece
        labels += piece if said else [IGNORED] * len(piece)
    return {"input_ids": ids[:max_length], "attention_mask": [1] * len(ids[:max_length]), "labels": labels[:max_length]}


@torch.inference_mode()
def likelihoods(model: Any, features: list[dict[str, list[int]]]) -> list[dict[str, float]]:
    """Nats and tokens of each row's supervised part."""
    found = []
    for feature in features:
        targets = sum(label != IGNORED for label in feature["labels"][1:])
        inputs = {name: torch.tensor([ids]).to(model.device) for name, ids in feature.items()}
        found.append({"nats": float(model(**inputs).loss) * targets, "tokens": targets})
    return found


@torch.inference_mode()
def written(model: Any, tokenizer: Any, dev: list[dict[str, Any]], job: Job) -> list[str]:
    tokenizer.padding_side, said = "left", []
    for start in range(0, len(dev), job.batch_size):
        prompts = [row["prompt"] for row in dev[start : start + job.batch_size]]
        batch = tokenizer(prompts, padding=True, return_tensors="pt").to(model.device)
        out = model.generate(**batch, max_new_tokens=job.max_new_tokens, do_sample=False, pad_token_id=tokenizer.pad_token_id)
        said += tokenizer.batch_decode(out[:, batch["input_ids"].size(1) :], skip_special_tokens=True)
    return said


def main(job: Job) -> None:
    train, dev = rows(job.train), rows(job.dev)
    tokenizer = AutoTokenizer.from_pretrained(job.model)
    model = AutoModelForCausalLM.from_pretrained(job.model)
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
    report(job, clock, sum(len(f["input_ids"]) for f in train_set), said)


if __name__ == "__main__":
    main(given())
