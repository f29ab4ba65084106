"""The works that are measured, a row each: who takes part, how much is done in a turn, and what is claimed of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from engine.claims import Claim, faster, memory
from engine.pairs import Outcome, Side

Family = Literal["encoder", "decoder"]
Judge = Callable[[Outcome, "Rate"], list[Claim]]
Rate = Callable[[str, float], float | None]
"""The machine's own limit, in units a second, for a side whose unit takes so many floating-point operations."""


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


def _limit(outcome: Outcome, side: str, rate: Rate) -> float | None:
    operations = outcome.facts.get(side, {}).get("flops")
    return None if operations is None else rate(side, operations)


def _one(what: str, against: str, bar: float, value: float | None, *, at_least: bool = True, notes: str = "") -> Claim:
    return Claim(what, against, bar, at_least, [] if value is None else [value], notes=notes)


def _fact(outcome: Outcome, side: str, name: str) -> Any:
    return outcome.facts.get(side, {}).get(name)


def _encoder_trained(outcome: Outcome, rate: Rate) -> list[Claim]:
    limit = _limit(outcome, "tasktune", rate)
    ours, theirs = (_fact(outcome, side, "f1") for side in ("tasktune", "Trainer"))
    known = ours and theirs
    return [
        *(
            faster(outcome, side, against, bar, "real tokens", limit)
            for side in ("tasktune, a process a core", "tasktune")
            for against, bar in (("Trainer", 4.0), ("Trainer, best flags", 1.4))
        ),
        _one(
            *("dev F1, points behind", "Trainer", 100 * (ours[0] - ours[1]) if known else 0.0),
            *(100 * (theirs[0] - ours[0]) if known else None,),
            at_least=False,
            notes=f"{ours[0]:.3f} ({ours[1]:.3f}–{ours[2]:.3f}) against {theirs[0]:.3f}; the bar is half the interval"
            if known
            else "",
        ),
    ]


def _decoder_trained(bar: float) -> Judge:
    def judge(outcome: Outcome, rate: Rate) -> list[Claim]:
        return [
            faster(outcome, "tasktune", "Trainer", bar, "real tokens", _limit(outcome, "tasktune", rate)),
            memory(outcome, "tasktune", "Trainer"),
            _one(
                "largest gap in loss of a step",
                "each record in a pass of its own",
                1e-3,
                _fact(outcome, "tasktune", "loss_gap"),
                at_least=False,
            ),
        ]

    return judge


def _predicted(outcome: Outcome, rate: Rate) -> list[Claim]:
    limit = _limit(outcome, "tasktune", rate)
    exact, lean = (outcome.facts.get(side, {}) for side in ("tasktune", "tasktune, int8"))
    drop = 100 * (exact["score"] - lean["score"]) if exact and lean else None
    return [
        *(faster(outcome, "tasktune", against, 5.0, "texts", limit) for against in ("pipeline", "pipeline, best batch")),
        *(faster(outcome, "tasktune, int8", against, 6.0, "texts", limit) for against in ("pipeline", "pipeline, best batch")),
        _one("int8, points of F1 or accuracy lost", "fp32", 0.5, drop, at_least=False),
        *_alike(exact.get("said"), lean.get("said")),
    ]


def _alike(exact: list[Any] | None, lean: list[Any] | None) -> list[Claim]:
    """How far a leaner number format says the same as fp32. Words have labels, answers have probabilities too."""
    same = gap = None
    if exact and lean:
        pairs = [(a, b) for one, other in zip(exact, lean, strict=True) for a, b in zip(one, other, strict=False)]
        labels = [a[0] == b[0] for a, b in pairs]
        same = sum(labels) / len(labels)
        gap = max((abs(a[1] - b[1]) for a, b in pairs if a[1] is not None and b[1] is not None and a[0] == b[0]), default=0.0)
    return [
        _one("int8, share of labels equal", "fp32", 0.995, same),
        _one("int8, largest difference of a score", "fp32", 0.02, gap, at_least=False),
    ]


def _generated(outcome: Outcome, rate: Rate) -> list[Claim]:
    exact, lean, theirs = (outcome.facts.get(side, {}) for side in ("tasktune", "tasktune, int8", "generate, batch 8"))
    both = exact.get("said") and theirs.get("said")
    same = sum(a == b for a, b in zip(exact["said"], theirs["said"], strict=True)) / len(exact["said"]) if both else None
    gap = abs(lean["nll"] - exact["nll"]) if exact and lean else None
    limit = _limit(outcome, "tasktune", rate)
    return [
        faster(outcome, "tasktune", "generate, batch 8", 3.0, "new tokens", limit),
        faster(outcome, "tasktune, int8", "generate, batch 8", 4.0, "new tokens", limit),
        _one("share of texts equal to the last token, fp32", "generate, batch 8", 1.0, same),
        _one("int8, nats a token", "fp32", 0.02, gap, at_least=False),
    ]


def _chosen(outcome: Outcome, rate: Rate) -> list[Claim]:
    sure = _fact(outcome, "tasktune", "sure")
    return [
        *(
            faster(outcome, "tasktune", f"generate {much} and parse", 3.0, "texts", _limit(outcome, "tasktune", rate))
            for much in ("16 tokens", "a label")
        ),
        _one("share of answers with a probability for every label", "—", 1.0, None if sure is None else float(sure)),
    ]


def _flat_evaluation(outcome: Outcome, rate: Rate) -> list[Claim]:
    peaks = {side: max((turn.peak for turn in turns), default=inf) for side, turns in outcome.turns.items()}

    def growth(side: str) -> float | None:
        few, many = peaks[side], peaks[f"{side}, 10 ×"]
        return many / few if max(few, many) < inf else None

    theirs = growth("Trainer.evaluate")
    notes = "; ".join(f"{side} {peak:.0f} MiB" for side, peak in peaks.items())
    return [
        _one("peak memory at ten times the records", "once", 1.05, growth("tasktune"), at_least=False, notes=notes),
        _one("the same of Trainer.evaluate, to compare", "once", inf, theirs, at_least=False),
    ]


def _flat_stream(outcome: Outcome, rate: Rate) -> list[Claim]:
    turns = outcome.turns.get("tasktune", [])
    ends = (turns[0], turns[-1]) if turns else None
    return [
        _one(
            "throughput of the last tenth",
            "first tenth",
            0.95,
            ends and (ends[1].amount / ends[1].cpu) / (ends[0].amount / ends[0].cpu),
            notes="by CPU time",
        ),
        _one("peak memory of the last tenth", "first tenth", 1.05, ends and ends[1].peak / ends[0].peak, at_least=False),
    ]


def _training(task: str, **options: Any) -> dict[str, Side]:
    given = {"task": task, **options}
    return {"tasktune": Side("engine.training:ours", given), "Trainer": Side("engine.training:trainer", given)}


def _predicting(task: str) -> dict[str, Side]:
    return {
        "tasktune": Side("engine.predicting:ours", {"task": task, "precision": "auto"}),
        "tasktune, int8": Side("engine.predicting:ours", {"task": task, "precision": "int8"}),
        "pipeline": Side("engine.predicting:piped", {"task": task}),
        "pipeline, best batch": Side("engine.predicting:piped", {"task": task, "best": True}),
    }


_TAGS = {"task": "ner", "epochs": 2}
_TAUGHT = _training(**_TAGS) | {
    "tasktune, a process a core": Side("engine.training:spread", _TAGS),
    "Trainer, best flags": Side("engine.training:trainer", {**_TAGS, "best": True}),
}
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
        "minilm learns WNUT-17's entities, two epochs, 16 a step",
        "encoder",
        _TAUGHT,
        _encoder_trained,
        20,
        2,
        200,
    ),
    Work("predict-tokens", "2,000 texts of mixed length, a tag a word", "encoder", _predicting("ner"), _predicted, 400, 6, 200),
    Work("predict-sequences", "the same texts, a label each", "encoder", _predicting("classification"), _predicted, 400, 6, 200),
    Work(
        "train-decoder",
        "smollm2 learns conversations of up to 512 tokens, 8 a step",
        "decoder",
        _training(**_CHAT),
        _decoder_trained(2.2),
        1,
        1,
        210,
    ),
    Work(
        "train-decoder-lora",
        "the same by LoRA of rank 8",
        "decoder",
        _training(**_CHAT, lora=8),
        _decoder_trained(2.7),
        1,
        1,
        160,
    ),
    Work(
        "generate",
        "smollm2 answers 64 prompts, in a word or a paragraph, 64 tokens at most",
        "decoder",
        _GENERATED,
        _generated,
        64,
        3,
        300,
    ),
    Work("choices", "smollm2 says whether a sentence is positive or negative", "decoder", _CHOSEN, _chosen, 48, 4, 90),
    Work(
        "evaluate-memory",
        "evaluating minilm on 300 records, and on 3,000",
        "encoder",
        _EVALUATED,
        _flat_evaluation,
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
        _flat_stream,
        100_000,
        60,
        300,
        10,
    ),
)
BY_NAME = {work.name: work for work in WORKS}
