"""ENGINE.md out of engine.json: nothing in it is written by hand but the reasons in reasons.toml."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from page import table

Works = Mapping[str, Mapping[str, Any]]
Reasons = Mapping[str, Mapping[str, str]]
"""Why bars are missed, by work and by how the name of a figure begins."""

HOW = """\
Made by `make bench-engine` (`benchmarks/engine/`) from `benchmarks/engine.json`. Each work is done by all of its contestants in
turn (A B, then B A, and so on), each a process of its own that is held to the same cores and has loaded its model before the
first turn; that first turn warms up and is not counted. What is shown is the ratio of a pair of turns: the median, and in
brackets the lowest and the highest. **CPU** is the same ratio by CPU time (child processes included), which a busy machine
changes less.

Real tokens are those of the attention mask, never padding; both sides of a training are given the very same features, network
and recipe, and a turn is a slice of one training, with the tokens that it read. Predictions count texts, tokenizing included on
both sides. New tokens are those of the text that came out, counted the same way on both sides. Loading of models is
in no figure. `generate` for labels may write 16 tokens, as one allows a model that says something else first, or no more than the
longest label takes, as a tuned one needs.

**Of the limit**: the floating-point operations that the work cannot do without (two a weight of each linear layer and token, and
attention; three times that to train, twice with LoRA) a second, as a share of the fastest fp32 matrix product measured on the
same cores."""


def page(results: Mapping[str, Any], reasons: Reasons) -> str:
    """The whole page."""
    works: Works = results["works"]
    parts = [
        "# The engine",
        HOW,
        "## Machine",
        _machine(results),
        "## Figures",
        "![Each ratio with its range; a mark where the bar is](engine.svg)",
        table(_HEAD, (line for name, work in works.items() for line in _lines(name, work))),
        "## What is missed, and why",
        "\n".join(_missed(works, reasons)) or "Nothing.",
        "## How each was run",
        *(_run(name, work) for name, work in works.items()),
    ]
    return "\n\n".join(parts) + "\n"


_HEAD = ("work", "figure", "against", "bar", "reached", "CPU", "ours a second", "theirs", "of the limit", "verdict")


def _lines(name: str, work: Mapping[str, Any]) -> Iterator[list[str]]:
    for claim in work["claims"]:
        rates = [*(f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}" for rate in claim["rates"]), "–", "–"][:2]
        yield [
            *(name, claim["what"], claim["against"], bar(claim), reached(claim)),
            *(f"{median(claim['cpu']):.2f}" if claim["cpu"] else "–", *rates),
            *("–" if claim["share"] is None else f"{claim['share']:.0%}", verdict(claim)),
        ]


def bar(claim: Mapping[str, Any]) -> str:
    """The bar as text; none where a figure is only there to compare."""
    return "–" if math.isinf(claim["bar"]) else f"{'≥' if claim['at_least'] else '≤'} {claim['bar']:g}"


def reached(claim: Mapping[str, Any]) -> str:
    """The median, its range where there is one, and what the claim notes."""
    values = claim["values"]
    if not values:
        return "not measured"
    spread = f" ({min(values):.2f}–{max(values):.2f})" if len(values) > 1 else ""
    return f"{median(values):.3g}{spread}" + (f"; {claim['notes']}" if claim["notes"] else "")


def met(claim: Mapping[str, Any]) -> bool:
    """Whether the bar is reached."""
    if not claim["values"]:
        return math.isinf(claim["bar"])
    value = median(claim["values"])
    return bool(value >= claim["bar"] if claim["at_least"] else value <= claim["bar"])


def verdict(claim: Mapping[str, Any]) -> str:
    """`met`, or by how much the bar is missed."""
    if math.isinf(claim["bar"]):
        return "–"
    if met(claim):
        return "met"
    return (
        f"short by {abs(median(claim['values']) / claim['bar'] - 1):.0%}"
        if claim["values"] and claim["bar"]
        else "not measured"
        if not claim["values"]
        else "missed"
    )


def unexplained(works: Works, reasons: Reasons) -> list[str]:
    """The figures of works whose bar is missed, or that were not measured, and of which no reason says why."""
    return [
        f"{claim['what']} of {name}"
        for name, work in works.items()
        for claim in _short(work)
        if _why(reasons, name, claim) is None
    ]


def _short(work: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [claim for claim in work["claims"] if not met(claim)]


def _why(reasons: Reasons, name: str, claim: Mapping[str, Any]) -> str | None:
    of = reasons.get(work_of(name), {})
    return next((why for begins, why in of.items() if claim["what"].startswith(begins)), None)


def work_of(name: str) -> str:
    """The work that a result is of: its name, without the number of threads."""
    return name.partition(",")[0]


def _missed(works: Works, reasons: Reasons) -> Iterator[str]:
    for name, short in ((name, _short(work)) for name, work in works.items()):
        if short:
            what = "; ".join(f"{c['what']} against {c['against']}: {verdict(c)}" for c in short)
            why = dict.fromkeys(_why(reasons, name, claim) or "The reason is not found yet" for claim in short)
            yield f"- **{name}**: {what}. {'. '.join(why)}."


def _machine(results: Mapping[str, Any]) -> str:
    machine = results["machine"]
    lines = [f"- {machine['processor']}; of its instructions: {', '.join(machine['instructions'])}"]
    for threads, limit in results["limits"].items():
        formats = ", ".join(f"{name} {limit[name]:.0f}" if limit[name] else f"no {name}" for name in ("fp32", "bf16", "int8"))
        lines.append(f"- matrix products on {threads} core(s), GFLOP/s: {formats}; reading memory: {limit['read']:.0f} GB/s")
    if not any(limit["bf16"] for limit in results["limits"].values()):
        lines.append("- bf16 would be slower here than fp32, so that the bars that are meant for bf16 are held against fp32")
    return "\n".join(lines)


def _run(name: str, work: Mapping[str, Any]) -> str:
    threads = "" if work["threads"] == 2 else f" --threads {work['threads']}"
    facts = "; ".join(_facts(side, told) for side, told in work["facts"].items() if _facts(side, told))
    failed = "".join(f" {side} failed: `{why}`." for side, why in work["failed"].items())
    settings = f"{work['pairs']} pairs of {work['amount']:,} a turn, {work['threads']} core(s) a side, seed 13"
    when = f"{work['date']} at {work['commit']}, {work['seconds']} s"
    told = f" {facts}." if facts else ""
    command = f"PYTHONPATH=benchmarks python -m engine --only {work_of(name)} --again{threads}"
    return f"### {name}\n\n{work['what']}. {settings}; {when}.{told}{failed}\n\n```sh\n{command}\n```"


def _facts(side: str, told: Mapping[str, Any]) -> str:
    """What of a side's facts is worth a word."""
    kept = {k: v for k, v in told.items() if k in ("flags", "batch_size", "accuracy", "score", "nll") and v}
    return f"{side}: {', '.join(f'{k} {v:.4g}' if isinstance(v, float) else f'{k} {v}' for k, v in kept.items())}" if kept else ""
