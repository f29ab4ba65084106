"""How long one waits for tasktune to start: its help, and a first prediction in a fresh process."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from statistics import median
from time import perf_counter

from sides import TASKTUNE

SENTENCE = "Ada Lovelace wrote to Charles Babbage from London .\n"


def startup(model: Path, times: int = 10) -> dict[str, dict[str, float]]:
    """Seconds at best and in the median, by what is waited for. `model` is a tuned folder for entities."""
    return {
        "`tasktune --help`": _timed([TASKTUNE, "--help"], times),
        "first prediction of a tuned minilm from a cold start": _timed(
            [TASKTUNE, "predict", str(model), "-", "--format", "text"], max(1, times // 2)
        ),
    }


def _timed(words: list[str], times: int) -> dict[str, float]:
    seconds, environment = [], {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # as it is where nobody forbids it
    for _ in range(times):
        begun = perf_counter()
        subprocess.run(words, input=SENTENCE, capture_output=True, text=True, check=True, env=environment)
        seconds.append(perf_counter() - begun)
    return {"best": round(min(seconds), 3), "median": round(median(seconds), 3), "times": times}
