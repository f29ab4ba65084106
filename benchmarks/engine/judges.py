"""What is claimed of each work: which figures are made of its turns and facts, and the bar of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf
from typing import Any

from engine.claims import Claim, faster, memory
from engine.pairs import Outcome

OURS = ("tasktune", "tasktune, a process a core")

Limits = Mapping[str, float | None]
"""The machine's own, as `machine.limits` finds them."""

Judge = Callable[[Outcome, Limits], list[Claim]]


def _limit(outcome: Outcome, limits: Limits) -> float | None:
    """The units a second that the fastest fp32 products would allow, going by the operations that a unit cannot do without."""
    operations, peak = _fact(outcome, OURS[0], "flops"), limits.get("fp32")
    return 1e9 * peak / operations if operations and peak else None


def _one(what: str, against: str, bar: float, value: float | None, *, at_least: bool = True, notes: str = "") -> Claim:
    return Claim(what, against, bar, at_least, [] if value is None else [value], notes=notes)


def _fact(outcome: Outcome, side: str, name: str) -> Any:
    return outcome.facts.get(side, {}).get(name)


def _ours(outcome: Outcome) -> list[str]:
    """Our contestants, of those that took part."""
    return [side for side in OURS if side in outcome.turns]


def encoder_trained(outcome: Outcome, limits: Limits) -> list[Claim]:
    """Speed, and the dev score of what was learnt."""
    limit = _limit(outcome, limits)
    ours, theirs = (_fact(outcome, side, "f1") for side in ("tasktune", "Trainer"))
    known = ours and theirs and theirs[0] > 0  # where nobody has learnt anything, there is nothing to compare
    return [
        *(
            faster(outcome, side, against, bar, "real tokens", limit)
            for side in _ours(outcome)
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


def decoder_trained(bar: float) -> Judge:
    """Speed, memory, and the loss beside that of records that share no pass."""

    def judge(outcome: Outcome, limits: Limits) -> list[Claim]:
        return [
            *(faster(outcome, side, "Trainer", bar, "real tokens", _limit(outcome, limits)) for side in _ours(outcome)),
            *(memory(outcome, side, "Trainer") for side in _ours(outcome)),
            _one(
                "largest gap in loss of a step",
                "padded, all logits kept",
                1e-3,
                _fact(outcome, "tasktune", "loss_gap"),
                at_least=False,
            ),
        ]

    return judge


def predicted(outcome: Outcome, limits: Limits) -> list[Claim]:
    """Speed, and what a leaner number format costs in answers."""
    limit = _limit(outcome, limits)
    exact, lean = (outcome.facts.get(side, {}) for side in ("tasktune", "tasktune, int8"))
    piped = _fact(outcome, "pipeline", "said")
    drop = 100 * (exact["score"] - lean["score"]) if exact and lean else None
    return [
        *(faster(outcome, "tasktune", against, 5.0, "texts", limit) for against in ("pipeline", "pipeline, best batch")),
        *(faster(outcome, "tasktune, int8", against, 6.0, "texts", limit) for against in ("pipeline", "pipeline, best batch")),
        _one("int8, points of F1 or accuracy lost", "fp32", 0.5, drop, at_least=False),
        *_alike("int8", "fp32", exact.get("said"), lean.get("said")),
        *(_alike("as it is", "pipeline", piped, exact.get("said"))[:1] if piped else ()),
    ]


def _alike(what: str, against: str, exact: list[Any] | None, lean: list[Any] | None) -> list[Claim]:
    """How far two say the same of the same texts: their labels and, where these are the same, their probabilities."""
    texts = list(zip(exact or [], lean or [], strict=False))
    same = [a == b for one, other in texts for a, b in zip(one["labels"], other["labels"], strict=True)]
    agreed = [zip(one["scores"], other["scores"], strict=True) for one, other in texts if one["labels"] == other["labels"]]
    gaps = [abs(a - b) for scores in agreed for a, b in scores]
    return [
        _one(f"{what}, share of labels equal", against, 0.995, sum(same) / len(same) if same else None),
        _one(f"{what}, largest difference of a score", against, 0.02, max(gaps) if gaps else None, at_least=False),
    ]


def generated(outcome: Outcome, limits: Limits) -> list[Claim]:
    """Speed, the very same texts, and what a leaner number format costs in likelihood."""
    exact, lean, theirs = (outcome.facts.get(side, {}) for side in ("tasktune", "tasktune, int8", "generate, batch 8"))
    both = exact.get("said") and theirs.get("said")
    same = sum(a == b for a, b in zip(exact["said"], theirs["said"], strict=True)) / len(exact["said"]) if both else None
    gap = abs(lean["nll"] - exact["nll"]) if exact and lean else None
    limit = _limit(outcome, limits)
    return [
        *(
            replace(claim, notes=_beside_reading(claim, exact.get("bytes"), limits))
            for claim in (
                faster(outcome, "tasktune", "generate, batch 8", 3.0, "new tokens", limit),
                faster(outcome, "tasktune, int8", "generate, batch 8", 4.0, "new tokens", limit),
            )
        ),
        _one("share of texts equal to the last token, fp32", "generate, batch 8", 1.0, same),
        _one("int8, nats a token", "fp32", 0.02, gap, at_least=False),
    ]


def _beside_reading(claim: Claim, weights: float | None, limits: Limits) -> str:
    """How many times as many tokens come out as memory allows one who reads all fp32 weights for each."""
    read = limits.get("read")
    return (
        f"{claim.rates[0] * weights / read / 1e9:.1f} tokens for each reading of all fp32 weights"
        if weights and read and claim.rates
        else ""
    )


def chosen(outcome: Outcome, limits: Limits) -> list[Claim]:
    """Speed, and a probability for every label."""
    sure = _fact(outcome, "tasktune", "sure")
    return [
        *(
            faster(outcome, "tasktune", f"generate {much} and parse", 3.0, "texts", _limit(outcome, limits))
            for much in ("16 tokens", "a label")
        ),
        _one("share of answers with a probability for every label", "—", 1.0, None if sure is None else float(sure)),
    ]


def flat_evaluation(outcome: Outcome, limits: Limits) -> list[Claim]:
    """Memory that does not grow with the records."""
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


def flat_stream(outcome: Outcome, limits: Limits) -> list[Claim]:
    """Throughput and memory that stay as they began."""
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
