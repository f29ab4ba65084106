"""The model card: the README that lies beside the weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tasktune.notations.amounts import amount


def card(facts: Mapping[str, Any], opened: str) -> str:
    """A model card in Markdown, made of what is known about a model, how else it is `opened`, and nothing else."""
    made = facts.get("made", {})
    about = [
        f"A model ({facts['family']}) tuned for {facts['task']} from `{made.get('model')}` on `{made.get('train')}`",
        f"({amount(made.get('records', 0), 'record')}, tasktune {made.get('tasktune')}, {made.get('date')}).",
        *(["", f"Labels: {', '.join(f'`{label}`' for label in facts['labels'])}."] if facts["labels"] else []),
    ]
    return _page([facts["task"]], made, about, _rows("", facts), opened)


def card_of_several(facts: Mapping[str, Any]) -> str:
    """The card of a model for several tasks."""
    made, tasks = facts.get("made", {}), facts["tasks"]
    about = [
        f"{_shared(facts)} {len(tasks)} tasks, tuned together from `{made.get('model')}`",
        f"(tasktune {made.get('tasktune')}, {made.get('date')}):",
        "",
        *(f"- {task} on `{told.get('made', {}).get('train')}`" for task, told in tasks.items()),
    ]
    rows = [row for task, told in tasks.items() for row in _rows(f"{task}: ", told)]
    return _page([*tasks], made, about, rows, ". `AutoModel` opens it.")


def _shared(facts: Mapping[str, Any]) -> str:
    if facts.get("family") == "encoder":
        return "One encoder with a head for each of"
    return "One model that answers in words, asked by a prompt for each of"


def _page(tasks: list[str], made: Mapping[str, Any], about: Iterable[str], rows: Iterable[str], opened: str) -> str:
    """The card of a model for these tasks, what is said `about` it, its scores, and how it is opened."""
    named = ", ".join(tasks)
    return "\n".join(
        [
            "---",
            "library_name: transformers",
            f"tags: [tasktune, {named}]",
            f"base_model: {made.get('model', 'unknown')}",
            "---",
            "",
            f"# {named} by tasktune",
            "",
            *about,
            "",
            "| score on the dev split | value | 95 % interval |",
            "|---|---|---|",
            *rows,
            "",
            f"`tasktune.json` says how it came about, `recipe.toml` holds the options{opened}",
            "",
            "```python",
            "import tasktune as tt",
            "",
            'tt.load("this/folder").predict(["…"])',
            "```",
            "",
        ]
    )


def _rows(before: str, facts: Mapping[str, Any]) -> list[str]:
    """A row of the table for each score that is known, its name behind what stands `before` it."""
    scores = facts.get("evaluation", {}).get("scores", {})
    return [_row(before + name, **score) for name, score in scores.items() if score["value"] is not None]


def _row(name: str, value: float, low: float | None, high: float | None) -> str:
    interval = "–" if low is None or high is None else f"{low:.4f} – {high:.4f}"
    return f"| {name} | {value:.4f} | {interval} |"
