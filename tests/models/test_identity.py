"""A run is the same run however its files are called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import tasktune as tt
from cases import example, untrained
from tasktune.core import Lost
from tasktune.models.course import Lesson
from tasktune.models.identity import identity


def test_two_spellings_of_a_path_are_one_run_and_other_words_another(tiny: Callable[[str], Path]) -> None:
    model = untrained(tt.task("nli"), tiny("bert"))

    def told(path: str, **changes: str) -> dict[str, Any]:
        found = [replace(record, id=f"{path}:{k}", **changes) for k, record in enumerate(example("nli"), 1)]
        lessons = [Lesson(record.id, features) for record in found for features in model.head.supervise(record, Lost())]
        return identity(tiny("bert"), model.head, lessons, found)

    one, other = told("data/rows.jsonl"), told("/home/me/data/rows.jsonl")
    assert one == other
    changed = told("data/rows.jsonl", premise="something else")
    assert {name for name in one if one[name] != changed[name]} == {"the training data", "the dev data"}
