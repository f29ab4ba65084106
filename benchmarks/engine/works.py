"""The works that are measured, a row each: who takes part, how much is done in a turn, and what is claimed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine import judges
from engine.judges import OURS, Judge
from engine.pairs import Side

Family = Literal["encoder", "decoder"]


@dataclass(frozen=True, slots=True)
class Work:
    """`amount` is what a turn takes (steps, texts, prompts, records), `quick` that of a trial; `seconds` estimates all turns."""

    name: str
    what: str
    family: Family
    sides: Mapping[str, Side]
    judge: Judge
    amount: int
    quick: int
    seconds: int
    pairs: int = 5

    def sides_on(self, threads: int) -> dict[str, Side]:
        """The contestants there are on so many cores: on one, a process a core is the same as one process."""
        return {name: side for name, side in self.sides.items() if threads > 1 or name != OURS[1]}


def _training(task: str, **options: Any) -> dict[str, Side]:
    given = {"task": task, **options}
    ours = zip(OURS, ("ours", "spread"), strict=True)
    return {side: Side(f"engine.training:{function}", given) for side, function in (*ours, ("Trainer", "trainer"))}


def _predicting(task: str) -> dict[str, Side]:
    return {
        "tasktune": Side("engine.predicting:ours", {"task": task, "precision": "auto"}),
        "tasktune, int8": Side("engine.predicting:ours", {"task": task, "precision": "int8"}),
        "pipeline": Side("engine.predicting:piped", {"task": task}),
        "pipeline, best batch": Side("engine.predicting:piped", {"task": task, "best": True}),
    }


_TAGS = {"task": "ner", "epochs": None}  # one a turn: what is read in each is the same on all sides
_TAUGHT = _training(**_TAGS) | {"Trainer, best flags": Side("engine.training:trainer", {**_TAGS, "best": True})}
_CHAT = {"task": "chat", "batch": 8}
_SIDES = ("", ", 10 ×")
_EVALUATED = {
    f"{name}{suffix}": Side(f"engine.endless:{function}", {"times": times})
    for name, function in (("tasktune", "evaluated"), ("Trainer.evaluate", "trainer_evaluated"))
    for suffix, times in zip(_SIDES, (1, 10), strict=True)
}
_GENERATED = {
    "tasktune": Side("engine.writing:ours", {"task": "chat", "precision": "auto"}),
    "tasktune, int8": Side("engine.writing:ours", {"task": "chat", "precision": "int8"}),
    "generate, batch 8": Side("engine.writing:generated", {"task": "chat"}),
}
_CHOSEN = {
    "tasktune": Side("engine.writing:ours", {"task": "classification", "precision": "auto"}),
    "generate 16 tokens and parse": Side("engine.writing:generated", {"task": "classification", "longest": 16}),
    "generate a label and parse": Side("engine.writing:generated", {"task": "classification", "longest": 0}),
}

WORKS = (
    Work(
        "train-encoder",
        "minilm learns WNUT-17's entities, 16 a step, an epoch a turn",
        "encoder",
        _TAUGHT,
        judges.encoder_trained,
        20,
        2,
        200,
    ),
    Work(
        "predict-tokens",
        "2,000 texts of mixed length, a tag a word",
        "encoder",
        _predicting("ner"),
        judges.predicted,
        400,
        6,
        200,
    ),
    Work(
        "predict-sequences",
        "the same texts, a label each",
        "encoder",
        _predicting("classification"),
        judges.predicted,
        400,
        6,
        200,
    ),
    Work(
        "train-decoder",
        "smollm2 learns conversations of up to 512 tokens, 8 a step",
        "decoder",
        _training(**_CHAT),
        judges.decoder_trained(2.2),
        1,
        1,
        260,
    ),
    Work(
        "train-decoder-lora",
        "the same by LoRA of rank 8",
        "decoder",
        _training(**_CHAT, lora=8),
        judges.decoder_trained(2.7),
        1,
        1,
        210,
    ),
    Work(
        "generate",
        "smollm2 answers 64 prompts, in a word or a paragraph, 32 tokens at most",
        "decoder",
        _GENERATED,
        judges.generated,
        64,
        3,
        360,
    ),
    Work("choices", "smollm2 says whether a sentence is positive or negative", "decoder", _CHOSEN, judges.chosen, 48, 4, 90),
    Work(
        "evaluate-memory",
        "evaluating minilm on 300 records, and on 3,000",
        "encoder",
        _EVALUATED,
        judges.flat_evaluation,
        300,
        4,
        90,
        1,
    ),
    Work(
        "million",
        "1,000,000 short texts through one stream, a tenth a turn",
        "encoder",
        {"tasktune": Side("engine.endless:streamed")},
        judges.flat_stream,
        100_000,
        60,
        360,
        10,
    ),
)
BY_NAME = {work.name: work for work in WORKS}
