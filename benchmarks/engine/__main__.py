"""Run the works: `PYTHONPATH=benchmarks python -m engine` from the root of the repository.

Each work is saved as soon as it is done, and works that are done are passed over; `--again` runs them anew. `--only NAME`, as
often as need be, runs just these; `--threads 1` holds both sides to one core, for a machine that is busy, and keeps those
results beside the others; `--quick` does a little of everything with tiny models into `runs/bench-engine-quick`, to see that it
works; `--page` only writes the page and its plots anew.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from engine.claims import Claim
from engine.machine import processor
from engine.page import page, unexplained
from engine.pairs import Asked, Side, interleaved
from engine.plot import plot
from engine.works import BY_NAME, WORKS, Work

HERE = Path(__file__).parents[1]
WORK, QUICK = Path("runs/bench-engine"), Path("runs/bench-engine-quick")
MODELS = {"encoder": "minilm", "decoder": "smollm2"}
LIMITS = Side("engine.machine:limits")
QUICK_PAIRS = 2


def main() -> int:
    """Run what is asked for. Returns 1 where a bar is missed and no reason is given, or a side failed."""
    asked = _arguments()
    place, folder = (QUICK, QUICK) if asked.quick else (HERE, WORK)
    results = _read(place / "engine.json")
    if not asked.page:
        chosen = [BY_NAME[name] for name in asked.only] if asked.only else list(WORKS)
        todo = [work for work in chosen if asked.again or key(work.name, asked.threads) not in results["works"]]
        estimate = "a few" if asked.quick else f"about {sum(work.seconds for work in todo) / 60:.0f}"
        print(f"{len(todo)} works, {estimate} minutes on two idle cores", flush=True)
        models = _tiny(folder) if asked.quick else MODELS
        results["limits"] |= {str(asked.threads): limits(asked.threads, 64 if asked.quick else 1024)}
        for work in todo:
            results["works"][key(work.name, asked.threads)] = done(
                work, models, folder, asked.threads, results["limits"][str(asked.threads)], quick=asked.quick
            )
            save(place, results)
    save(place, results)
    return complain(results)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=list(BY_NAME), metavar="NAME")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--page", action="store_true")
    return parser.parse_args()


def key(name: str, threads: int) -> str:
    """What a result is kept under."""
    return name if threads == 2 else f"{name}, {threads} thread"


def limits(threads: int, mebibytes: int) -> dict[str, float | None]:
    """The machine's own limits on that many cores."""
    outcome = interleaved({"limits": LIMITS}, Asked("", mebibytes, 0, threads, Path()))
    if outcome.failed:
        raise RuntimeError(outcome.failed["limits"])
    return outcome.facts["limits"]


def done(
    work: Work, models: Mapping[str, str], folder: Path, threads: int, peak: Mapping[str, float | None], *, quick: bool = False
) -> dict[str, Any]:
    """A work, measured and judged, as JSON."""
    pairs = min(QUICK_PAIRS, work.pairs) if quick else work.pairs
    asked = Asked(models[work.family], work.quick if quick else work.amount, pairs + 1, threads, folder)
    print(f"{work.name} (about {work.seconds / 60:.1f} minutes)" if not quick else work.name, flush=True)
    began = perf_counter()
    outcome = interleaved(work.sides_on(threads), asked)
    for name, why in outcome.failed.items():
        print(f"  {name} failed:\n{why}", file=sys.stderr, flush=True)

    claims = work.judge(outcome, peak)
    for line in shown(claims):
        print(f"  {line}", flush=True)
    return {
        "what": work.what,
        "threads": threads,
        "amount": asked.amount,
        "pairs": pairs,
        "claims": [asdict(claim) for claim in claims],
        "turns": {side: [asdict(turn) for turn in turns] for side, turns in outcome.turns.items()},
        "facts": {side: {k: v for k, v in facts.items() if k != "said"} for side, facts in outcome.facts.items()},
        "failed": {side: why.strip().splitlines()[-1] for side, why in outcome.failed.items()},
        "seconds": round(perf_counter() - began),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
        ).stdout.strip(),
    }


def shown(claims: list[Claim]) -> Iterator[str]:
    """A line a claim, for whoever waits."""
    for claim in claims:
        reached = (
            "not measured" if claim.reached is None else f"{claim.reached:.3f} ({min(claim.values):.3f}–{max(claim.values):.3f})"
        )
        cpu = f", by CPU time {sorted(claim.cpu)[len(claim.cpu) // 2]:.2f}" if claim.cpu else ""
        yield f"{claim.what} against {claim.against}: {reached}{cpu}; {'at least' if claim.at_least else 'at most'} {claim.bar:g}"


def complain(results: Mapping[str, Any]) -> int:
    """Name each bar that is missed without a reason in reasons.toml. Returns 1 where there is one."""
    missing = unexplained(results["works"], reasons())
    for what in missing:
        print(f"the bar is missed by {what}, and benchmarks/engine/reasons.toml does not say why", file=sys.stderr)
    return int(bool(missing))


def reasons() -> dict[str, dict[str, str]]:
    """Why bars are missed, by work and by how the name of a figure begins."""
    return tomllib.loads(Path(__file__).with_name("reasons.toml").read_text(encoding="utf-8"))


def _tiny(folder: Path) -> dict[str, str]:
    """The named models' kinds, tiny."""
    from engine.small import small

    return {family: str(small(name, folder / name)) for family, name in MODELS.items()}


def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = (
        json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"machine": {}, "limits": {}, "works": {}}
    )
    return found | {"machine": processor()}


def save(place: Path, results: dict[str, Any]) -> None:
    """The results, their page and its plots."""
    place.mkdir(parents=True, exist_ok=True)
    spelled = json.dumps(results, ensure_ascii=False, indent=1, default=list)
    (place / "engine.json").write_text(spelled + "\n", encoding="utf-8")
    (place / "engine.svg").write_text(plot(results["works"]), encoding="utf-8")
    (place / "ENGINE.md").write_text(page(results, reasons()), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
