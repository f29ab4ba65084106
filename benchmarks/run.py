"""Run the benchmark: `python benchmarks/run.py` from the root of the repository.

Each row is saved as soon as it is done, and rows that are done are passed over; `--again` runs them anew. `--only NAME`, as often
as need be, runs just these; `--quick` runs a few records of each into `runs/bench-quick`, to see that everything works;
`--page` only writes RESULTS.md anew.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from traceback import print_exc
from typing import Any

from compare import compared, told
from page import page
from sections import sections
from sides import SHARED, Plan, flat, plan, tasktune_side, trainer_side
from startup import startup
from table import BY_NAME, RUNS, Run
from tasktune.models.named import NAMED

HERE = Path(__file__).parent
QUICK = {"encoder": 12, "decoder": 4, "encoder-decoder": 8}  # records
WORK = Path("runs/bench")


def main() -> int:
    """Run what is asked for. Returns 1 where a row failed: the others are run and saved all the same."""
    asked, failed = _arguments(), 0
    quick: bool = asked.quick
    place, work = (Path("runs/bench-quick"),) * 2 if quick else (HERE, WORK)
    results = _read(place / "results.json")
    chosen = [BY_NAME[name] for name in asked.only] if asked.only else list(RUNS)
    if not asked.page:
        results["machine"] = machine()
        for run in chosen if asked.again else [run for run in chosen if run.name not in results["rows"]]:
            print(f"{run.name} (about {run.minutes:g} minutes)", flush=True)
            try:
                results["rows"][run.name] = result(run, work / run.name, QUICK[NAMED[run.model].family] if quick else None)
            except Exception:
                print_exc()
                failed = 1
            _save(place, results)
        if "startup" not in results and (work / "wikigold" / "model").exists():
            results["startup"] = startup(work / "wikigold" / "model", 2 if quick else 10)
    _save(place, results)
    return failed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=list(BY_NAME), metavar="NAME")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--page", action="store_true")
    return parser.parse_args()


def result(run: Run, folder: Path, few: int | None) -> dict[str, Any]:
    """Both sides of a run, made anew in `folder`, and how they compare."""
    shutil.rmtree(folder, ignore_errors=True)
    ready = plan(run, folder, few)
    ours, plain, comparison = _alone(ready) if run.alone else _beside(ready)
    _drop_weights(folder, keep=run.name == "wikigold")
    return {
        "task": run.task,
        "model": run.model,
        "records": ours["records"],
        "train": _described(run.train, ready.train, ours["records"][0]),
        "dev": _described(run.dev, ready.dev, ours["records"][1]),
        "recipe": {key: value for key, value in flat(ready.recipe).items() if value is not None},
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "commit": _commit(),
        "tasktune": {**ours, "steps_per_epoch": math.ceil(ours["records"][0] / ready.recipe.batch_size)},
        "trainer": plain,
        "comparison": comparison,
    }


def _alone(ready: Plan) -> tuple[dict[str, Any], None, dict[str, Any]]:
    ours = tasktune_side(ready)
    return ours, None, told(ready, ours)


def _beside(ready: Plan) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Both sides at the same time, so that whatever else the machine does befalls them alike."""
    with ThreadPoolExecutor(2) as both:
        ours, plain = (side.result() for side in [both.submit(tasktune_side, ready), both.submit(trainer_side, ready)])
    return ours, plain, compared(ready, ours, plain)


def _described(source: str, used: str, count: int) -> str:
    """Where a file's records are from."""
    whole = ",".join(str(SHARED / each) for each in source.split(","))
    return f"all of `{whole}`" if used == whole else f"{count} of `{whole}`"


def _drop_weights(folder: Path, *, keep: bool) -> None:
    """The weights of twenty models take much room, and what they said is written down."""
    shutil.rmtree(folder / "trainer", ignore_errors=True)
    if not keep:
        shutil.rmtree(folder / "model", ignore_errors=True)


def _commit() -> str:
    """The commit that a row was run at."""
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()


def machine() -> dict[str, str]:
    """What the runs were made on and with."""
    import torch

    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.machine()
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    instructions = torch.backends.cpu.get_cpu_capability()
    return {
        "processor": f"{cpu}, {os.cpu_count()} cores, {instructions}, a core for each side",
        "memory": f"{memory / 2**20:.0f} GiB",
        "software": ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in _PACKAGES)]),
    }


_PACKAGES = ("tasktune", "torch", "transformers", "accelerate")


def _lines(file: str) -> list[str]:
    path = Path(file)
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"machine": {}, "rows": {}}
    return found


def _save(place: Path, results: dict[str, Any]) -> None:
    """Both files, each there whole or not at all; rows in the order of the table."""
    place.mkdir(parents=True, exist_ok=True)
    results["rows"] = {name: results["rows"][name] for name in BY_NAME if name in results["rows"]}
    reasons, published = (tomllib.loads((HERE / name).read_text(encoding="utf-8")) for name in ("reasons.toml", "published.toml"))
    _replace(place / "results.json", json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    _replace(place / "RESULTS.md", page(results, reasons, published, sections(HERE, published)))


def _replace(file: Path, text: str) -> None:
    new = file.with_name(f".{file.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)


if __name__ == "__main__":
    sys.exit(main())
