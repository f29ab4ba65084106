"""The folder of a tuned model, seen from outside: what is told of it in JSON, and whether one can be made at a place.

Nothing here needs torch, so that a slip is told before the seconds that torch takes to load.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tasktune import recipe as recipes
from tasktune.core import InputError, Task
from tasktune.recipe import Recipe

FACTS = "tasktune.json"
RECIPE = "recipe.toml"
SENTENCE_MODULES = "modules.json"
"""What sentence-transformers puts beside its models."""


def read_facts(folder: Path) -> dict[str, Any]:
    """What a tuned model's folder says of it: its task, labels, scores. Raises `InputError` where the folder is none.

    What sentence-transformers made is a model for embedding as it stands.
    """
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        if (folder / SENTENCE_MODULES).is_file():
            return {"task": "embedding", "labels": [], "calibration": {"thresholds": []}}
        raise InputError(
            f"{folder} is no model tuned by tasktune: it has no {FACTS}. Make one: tasktune fit TASK --train FILE --out {folder} "
            "(or ask one that is not tuned, by the task: tasktune predict TASK FILE --model smollm2)"
        ) from None
    except ValueError as wrong:
        raise InputError(f"{folder / FACTS}: not JSON: {wrong}") from None
    if not isinstance(facts, dict):
        raise InputError(f"{folder / FACTS} is not as tasktune writes it; tune the model anew")
    return facts


def read_recipe(folder: Path, changes: Mapping[str, Any] | None) -> Recipe:
    """The recipe that a model was tuned by, or the usual one of a model that was not tuned here, with changes."""
    if (folder / FACTS).is_file():
        return recipes.read(folder / RECIPE, changes)
    return recipes.of(changes or {}, "the options")


def columns(facts: Mapping[str, Any]) -> Mapping[str, str]:
    """Which column held which field of the data that a model was tuned on, where names did not tell, by what is told of it."""
    mapping: Mapping[str, str] = facts.get("made", {}).get("mapping", {})
    return mapping


def checkpoints_of(out: Path) -> Path:
    """The folder in which the run that makes the model `out` keeps its checkpoints."""
    return out.with_name(f".{out.name}-checkpoints")


def refuse_taken(out: Path) -> None:
    """Raise `InputError` where something stands at `out`, or nothing can be put there."""
    if out.exists():
        raise InputError(f"{out} is there already, and nothing is overwritten; name another, or move it away")
    refuse_unmakeable(out)


def refuse_unmakeable(out: Path) -> None:
    """Raise `InputError` where nothing can be put at `out`."""
    above = next(folder for folder in out.absolute().parents if folder.exists())
    try:
        Path(mkdtemp(prefix=f".{out.name}-", dir=above)).rmdir()
    except OSError as wrong:
        raise InputError(f"{out} cannot be made: {wrong.strerror} in {above}; name another --out") from None


def note_untrained(folder: Path) -> None:
    """Say in a model's folder that its weights are at random."""
    (folder / FACTS).write_text(json.dumps({"untrained": True}) + "\n", encoding="utf-8")


def refuse_untrained(folder: Path, task: Task[Any]) -> None:
    """Raise `InputError` where a model whose weights are at random is to learn something else than language itself."""
    note = folder / FACTS
    if task.metric.of == "likelihood" or not note.is_file() or not json.loads(note.read_text(encoding="utf-8")).get("untrained"):
        return
    raise InputError(
        f"{folder} has learnt nothing yet: its weights are at random. Let it read texts first: "
        f"tasktune fit mask --model {folder} --train TEXTS --out PRETRAINED (`generation` for a decoder)"
    )
