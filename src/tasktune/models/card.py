"""The model card: the README that lies beside the weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def card(facts: Mapping[str, Any]) -> str:
    """A model card in Markdown, made of what is known about a model and nothing else."""
    made = facts.get("made", {})
    scores = facts.get("evaluation", {}).get("scores", {})
    rows = [_row(name, **score) for name, score in scores.items() if score["value"] is not None]
    return "\n".join(
        [
            "---",
            "library_name: transformers",
            f"tags: [tasktune, {facts['task']}]",
            f"base_model: {made.get('model', 'unknown')}",
            "---",
            "",
            f"# {facts['task']} by tasktune",
            "",
            f"A model ({facts['family']}) tuned for {facts['task']} from `{made.get('model')}` on `{made.get('train')}`",
            f"({made.get('records')} records, tasktune {made.get('tasktune')}, {made.get('date')}).",
            "",
            *([f"Labels: {', '.join(f'`{label}`' for label in facts['labels'])}.", ""] if facts["labels"] else []),
            "| score on the dev split | value | 95 % interval |",
            "|---|---|---|",
            *rows,
            "",
            "`tasktune.json` says how it came about, `recipe.toml` holds the options; the rest is plain transformers.",
            "",
            "```python",
            "import tasktune as tt",
            "",
            'tt.load("this/folder").predict(["…"])',
            "```",
            "",
        ]
    )


def card_of_several(facts: Mapping[str, Any]) -> str:
    """The card of a model for several tasks."""
    made, tasks = facts.get("made", {}), facts["tasks"]
    rows = [
        _row(f"{task}: {name}", **score)
        for task, told in tasks.items()
        for name, score in told.get("evaluation", {}).get("scores", {}).items()
        if score["value"] is not None
    ]
    return "\n".join(
        [
            "---",
            "library_name: transformers",
            f"tags: [tasktune, {', '.join(tasks)}]",
            f"base_model: {made.get('model', 'unknown')}",
            "---",
            "",
            f"# {', '.join(tasks)} by tasktune",
            "",
            f"One encoder with a head for each of {len(tasks)} tasks, tuned together from `{made.get('model')}`",
            f"(tasktune {made.get('tasktune')}, {made.get('date')}):",
            "",
            *(f"- {task} on `{told.get('made', {}).get('train')}`" for task, told in tasks.items()),
            "",
            "| score on the dev split | value | 95 % interval |",
            "|---|---|---|",
            *rows,
            "",
            "`tasktune.json` says how it came about, `recipe.toml` holds the options. `AutoModel` opens the encoder.",
            "",
            "```python",
            "import tasktune as tt",
            "",
            'tt.load("this/folder").predict(["…"])',
            "```",
            "",
        ]
    )


def _row(name: str, value: float, low: float | None, high: float | None) -> str:
    interval = "–" if low is None or high is None else f"{low:.4f} – {high:.4f}"
    return f"| {name} | {value:.4f} | {interval} |"
