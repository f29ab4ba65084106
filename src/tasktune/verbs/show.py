"""What the verbs found, for people: tables on a terminal."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from tasktune.core import Lost

if TYPE_CHECKING:
    from tasktune.models.evaluation import Evaluation
    from tasktune.models.model import Model


def show_evaluation(measured: Evaluation) -> None:
    """Scores with intervals and the framing ceiling, calibration, and what was lost."""
    _table(measured.as_json(), {})
    show_lost(measured.lost)


def show_facts(tuned: Model, out: Path) -> None:
    """What came of tuning: dev scores beside ceiling and baseline, and where the model is."""
    made, training = tuned.facts["made"], tuned.facts["training"]
    _table(tuned.facts["evaluation"], tuned.facts["baseline"])
    _lost(tuned.facts["lost_in_training"], "train: ")
    _lost(tuned.facts["evaluation"]["lost"], "dev: ")
    kept = f"kept step {training['best_step']} of {training['steps']}"
    print(f"{kept}; {made['records']} records, {made['seconds']} s; saved in {out}")


def show_lost(lost: Lost) -> None:
    """On standard error, what could not be used, by reason, with the first records by id."""
    _lost(lost.as_json())


def _lost(lost: Mapping[str, Any], split: str = "") -> None:
    for reason, found in lost.items():
        print(f"{split}{reason}: {found['count']} (first: {', '.join(found['records'])})", file=sys.stderr)


def _table(evaluation: Mapping[str, Any], baseline: Mapping[str, float]) -> None:
    title = f"{evaluation['task']}, {evaluation['records']} records"
    table = Table("score", title=title, title_justify="left", box=None, pad_edge=False)
    others = {name: figures for name, figures in (("ceiling", evaluation["ceiling"]), ("baseline", baseline)) if figures}
    for column in ("value", "95 % interval", *others):
        table.add_column(column, justify="right")
    for name, score in evaluation["scores"].items():
        interval = f"{_figure(score['low'])} – {_figure(score['high'])}"
        beside = [_figure(figures.get(name)) for figures in others.values()]
        table.add_row(name, _figure(score["value"]), interval, *beside, style="bold" if name == evaluation["primary"] else "")
    Console().print(table)
    if evaluation["calibration"]:
        before, after = (evaluation["calibration"][name] for name in ("ece_before", "ece_after"))
        print(f"expected calibration error {before:.4f}, {after:.4f} with the fitted temperature")


def _figure(x: float | None) -> str:
    return "–" if x is None or math.isnan(x) else f"{x:.4f}" if abs(x) < 100 else f"{x:.1f}"
