"""Instructions are followed, strictly and loosely, just where IFEval's own code says so.

`ifeval.jsonl` holds responses made for each kind of instruction, and what the official checkers (in the form in which
lm-evaluation-harness 0.4.13 has them) said of each; they were given our list of abbreviations, and langdetect a seed.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tasktune.metrics.instructions import KINDS, follows, follows_loosely, instruction

LINES = Path(__file__).with_name("ifeval.jsonl").read_text(encoding="utf-8").strip().split("\n")
CASES: list[dict[str, Any]] = [json.loads(line) for line in LINES]


def test_every_kind_is_there_followed_and_not() -> None:
    seen = Counter((case["kind"], case["strict"]) for case in CASES)
    assert set(seen) == {(kind, followed) for kind in KINDS for followed in (True, False)}
    assert any(case["loose"] and not case["strict"] for case in CASES)


@pytest.mark.parametrize("kind", KINDS)
def test_the_verdicts_are_the_official_ones(kind: str) -> None:
    for case in CASES:
        if case["kind"] == kind:
            asked = instruction(kind, case["arguments"])
            verdicts = follows(case["response"], asked), follows_loosely(case["response"], asked)
            assert verdicts == (case["strict"], case["loose"]), case
