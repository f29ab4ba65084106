"""The model card says what is known, and nothing where nothing is."""

from __future__ import annotations

import re
from typing import Any

from tasktune.models.card import card

FACTS: dict[str, Any] = {
    "task": "ner",
    "family": "encoder",
    "labels": ["O", "B-PER"],
    "made": {"model": "minilm", "train": "a.conll", "records": 7, "tasktune": "0.1.0", "date": "2026-01-02"},
    "evaluation": {
        "scores": {
            "f1": {"value": 0.91239, "low": 0.9, "high": 0.95},
            "precision": {"value": 0.5, "low": None, "high": None},
            "recall": {"value": None, "low": None, "high": None},
        }
    },
}

OPENED = "; the rest is plain transformers."


def test_scores_with_their_intervals_and_without_where_there_is_none() -> None:
    rows = [line for line in card(FACTS, OPENED).splitlines() if line.startswith("| ")]
    assert rows[1:] == ["| f1 | 0.9124 | 0.9000 – 0.9500 |", "| precision | 0.5000 | – |"]


def test_what_it_was_made_of() -> None:
    made = card(FACTS, OPENED)
    assert "A model (encoder) tuned for ner from `minilm` on `a.conll`\n(7 records, tasktune 0.1.0, 2026-01-02)." in made
    assert "Labels: `O`, `B-PER`." in made
    assert "Labels" not in card({**FACTS, "labels": []}, OPENED)


def test_the_hub_can_read_its_head() -> None:
    head = re.fullmatch(r"---\n(.*?)\n---\n.*", card(FACTS, OPENED), re.DOTALL)
    assert head
    assert head[1].splitlines() == ["library_name: transformers", "tags: [tasktune, ner]", "base_model: minilm"]
    assert "base_model: unknown" in card({"task": "ner", "family": "encoder", "labels": []}, OPENED)
