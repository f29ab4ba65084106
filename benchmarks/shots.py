"""A decoder asked without tuning, behind no examples and behind some: `python benchmarks/shots.py` from the repository's root.

Sentiment (SST-2), topics (AG News) and inference (SICK) by smollm2: nothing shown, examples drawn at random by several seeds, and
those most like each record, by the commands that a user types. Beside these, in one process, what the ways to compare labels come
to on the same records: log p of a name as it is, by its tokens, less that after the prompt's last line alone (which is what the
commands do), and both. The result is `shots.json` beside this file, saved after each row; `--only NAME` runs just these sets.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from shlex import join
from time import perf_counter
from typing import Any

import torch

import tasktune as tt
from cut import cut
from run import machine
from sides import SHARED, TASKTUNE, started
from tasktune.core import Lost
from tasktune.datasets import records
from tasktune.heads.features import on
from tasktune.heads.prompts import name_ids
from tasktune.metrics.bootstrap import Tally

HERE = Path(__file__).parent
WORK = Path("runs/bench-shots")
SEEDS = (13, 14, 15)


@dataclass(frozen=True, slots=True)
class Set:
    """Files to take examples and records from, and how they are read."""

    task: str
    shots: str
    dev: str
    labels: str
    reading: tuple[str, ...]


SETS = {
    "sst2": Set(
        "classification",
        "classification/sst2/train.tsv",
        "classification/sst2/dev.tsv",
        "0=negative,1=positive",
        ("--map", "text=1", "--map", "answer=2"),
    ),
    "ag-news": Set(
        "classification",
        "classification/ag_news/train.csv",
        "classification/ag_news/dev.csv",
        "1=World,2=Sports,3=Business,4=Technology",
        ("--map", "text=3", "--map", "answer=1"),
    ),
    "sick": Set(
        "nli",
        "nli/sick/SICK_train.txt",
        "nli/sick/SICK_trial.txt",
        "ENTAILMENT=entailment,NEUTRAL=neutral,CONTRADICTION=contradiction",
        ("--format", "tsv"),
    ),
}
RUNS = {
    "no examples": (),
    **{f"4 at random, seed {seed}": ("--shot-count", "4", "--seed", str(seed)) for seed in SEEDS},
    "8 at random, seed 13": ("--shot-count", "8", "--seed", "13"),
    "4 most like the record": ("--shot-count", "4", "--shots-by", "similar"),
}


def main() -> int:
    """Measure each set and save what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=[*SETS], metavar="NAME")
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--records", type=int, default=150)
    parser.add_argument("--pool", type=int, default=600, help="records that examples are taken from")
    given = parser.parse_args()
    place = HERE / "shots.json"
    results: dict[str, Any] = json.loads(place.read_text(encoding="utf-8")) if place.exists() else {"rows": {}}
    results |= {"machine": machine(), "model": given.model, "records": given.records, "pool": given.pool}
    for name in given.only or SETS:
        for what, row in _rows(name, given):
            results["rows"].setdefault(name, {})[what] = {**row, "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M")}
            place.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            print(name, what, row, flush=True)
    return 0


def _rows(name: str, given: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    found = SETS[name]
    shots = cut(SHARED / found.shots, WORK / f"{name}-shots", given.pool)
    dev = cut(SHARED / found.dev, WORK / f"{name}-dev", given.records)
    for what, options in RUNS.items():
        shown = ("--shots", str(shots), *options) if options else ()
        words = ["evaluate", found.task, str(dev), "--model", given.model, "--labels", found.labels, *shown, *found.reading]
        done = started([TASKTUNE, *words, "--json"])
        told = json.loads(done.said)
        kept = {part: told[part] for part in ("scores", "lost")}
        yield what, {"command": join(["tasktune", *words]), **kept, "seconds": done.seconds, "peak": done.peak}
    yield from _ways(found, dev, given.model)


def _ways(found: Set, dev: Path, model: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The scores of four ways to compare labels, where no examples are shown."""
    named = dict(each.split("=") for each in found.labels.split(","))
    asked: Any = tt.untuned(found.task, model, named)
    mapping = dict(each.split("=") for each in found.reading[1::2]) if found.reading[0] == "--map" else {}
    format = found.reading[1] if found.reading[0] == "--format" else None
    names = name_ids(asked.head.tokenizer, asked.head.framing.separator, asked.head.words)
    lengths = torch.tensor([len(name) for name in names])
    tallies = {way: Tally(asked.task.metric) for way in ("log p", "by its tokens", "less the cue's", "both")}
    begun, cues = perf_counter(), dict[tuple[int, ...], torch.Tensor]()
    for record in records(asked.task, dev, mapping, format):
        prompt, cue = asked.head.encode(record, Lost())
        key = tuple(cue.inputs["input_ids"])
        if key not in cues:
            cues[key] = _compared(asked, cue, names)
        whole = _compared(asked, prompt, names)
        less = whole - cues[key]
        for tally, log_p in zip(tallies.values(), (whole, whole / lengths, less, less / lengths), strict=True):
            tally.add(record, asked.head.labels[int(log_p.argmax())])
    for way, tally in tallies.items():
        scores = {name: asdict(score) for name, score in tally.scores().values.items()}
        yield f"no examples, {way}", {"scores": scores, "seconds": round(perf_counter() - begun, 1)}


def _compared(model: Any, features: Any, names: list[list[int]]) -> torch.Tensor:
    batch = on(model.net, model.head.writer.collate_prompts([features], model.head.tokenizer.pad_token_id))
    with torch.inference_mode():
        log_p: torch.Tensor = model.head.writer.compare(model.net, batch, names)[0]
    return log_p.cpu()


if __name__ == "__main__":
    sys.exit(main())
