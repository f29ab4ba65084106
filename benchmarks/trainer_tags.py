"""One tag a word, as transformers' users fine-tune it: the first sub-word bears the tag, the others are passed over."""

from __future__ import annotations

from typing import Any

from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    DataCollatorForTokenClassification,
    EvalPrediction,
    Trainer,
)

from job import Job
from trainer_run import Clock, arguments, given, report, rows

IGNORED = -100


def spans(tags: list[str]) -> set[tuple[int, int, str]]:
    """The entities in BIO tags, read as seqeval reads them."""
    found, start = set(), 0
    for k, tag in enumerate([*tags, "O"]):
        before = tags[k - 1] if k else "O"
        goes_on = tag.startswith("I-") and before[2:] == tag[2:]
        if before != "O" and not goes_on:
            found.add((start, k, before[2:]))
        if not goes_on:
            start = k
    return found


def f1(gold: list[list[str]], said: list[list[str]]) -> float:
    pairs = [(spans(g), spans(s)) for g, s in zip(gold, said, strict=True)]
    both, all_of = sum(len(g & s) for g, s in pairs), sum(len(g) + len(s) for g, s in pairs)
    return 2 * both / all_of if all_of else 0.0


def accuracy(gold: list[list[str]], said: list[list[str]]) -> float:
    pairs = [(g, s) for gs, ss in zip(gold, said, strict=True) for g, s in zip(gs, ss, strict=True)]
    return sum(g == s for g, s in pairs) / len(pairs)


SCORE = {"f1": f1, "accuracy": accuracy}


def main(job: Job) -> None:
    train, dev = rows(job.train), rows(job.dev)
    labels = sorted({tag for row in train for tag in row["tags"]})
    number_of = {tag: k for k, tag in enumerate(labels)}
    tokenizer = AutoTokenizer.from_pretrained(job.model)
    model = AutoModelForTokenClassification.from_pretrained(job.model, id2label=dict(enumerate(labels)), label2id=number_of)

    def encoded(row: dict[str, Any]) -> dict[str, Any]:
        features = tokenizer(row["words"], is_split_into_words=True, truncation=True, max_length=job.max_length)
        words = features.word_ids()
        first = [word is not None and word != before for before, word in zip([None, *words], words, strict=False)]
        targets = [number_of.get(row["tags"][w], IGNORED) if new else IGNORED for w, new in zip(words, first, strict=True)]
        return {**features, "labels": targets}

    def tagged(logits: Any) -> list[list[str]]:
        """The tag of each word of the dev split; a word that was cut off has none of interest."""
        said = []
        for row, scores in zip(dev, logits.argmax(-1), strict=True):
            words = tokenizer(row["words"], is_split_into_words=True, truncation=True, max_length=job.max_length).word_ids()
            place = {word: k for k, word in reversed(list(enumerate(words))) if word is not None}
            said.append([labels[scores[place[w]]] if w in place else "O" for w in range(len(row["words"]))])
        return said

    def metrics(found: EvalPrediction) -> dict[str, float]:
        return {job.kind: SCORE[job.kind]([row["tags"] for row in dev], tagged(found.predictions))}

    train_set, clock = [encoded(row) for row in train], Clock()
    trainer = Trainer(
        model,
        arguments(job, job.kind),
        train_dataset=train_set,
        eval_dataset=[encoded(row) for row in dev],
        data_collator=DataCollatorForTokenClassification(tokenizer),
        compute_metrics=metrics,
        callbacks=[clock],
    )
    trainer.train()
    report(job, clock, sum(len(f["input_ids"]) for f in train_set), tagged(trainer.predict(trainer.eval_dataset).predictions))


if __name__ == "__main__":
    main(given())
