"""What the verbs found, for people: tables on a terminal."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tasktune.core import Lost
from tasktune.notations import citations
from tasktune.notations.amounts import amount
from tasktune.notations.quoted import visible
from tasktune.passages import Hit

if TYPE_CHECKING:
    from tasktune.models.evaluation import Evaluation, MultiTaskEvaluation
    from tasktune.models.model import Model
    from tasktune.models.multitask import MultiTaskModel
    from tasktune.retrieval.weighing import Weighed
    from tasktune.verbs.cluster import Clustering
    from tasktune.verbs.grounded import GroundedEvaluation
    from tasktune.verbs.grounded_answer import GroundedAnswer
    from tasktune.verbs.index import Indexed


def show_evaluation(measured: Evaluation | MultiTaskEvaluation) -> None:
    """Scores with intervals and the framing ceiling, calibration, and what was lost; of several tasks one after the other."""
    for each in measured.evaluations.values():
        _table(each.as_json(), {})
        show_asked(each.asked)
        show_lost(each.lost)


def show_asked(asked: Mapping[str, Any]) -> None:
    """On standard error, how a model that was not tuned was asked, and the first of the shots that it was shown."""
    if not asked:
        return
    labels = ", ".join(name if name == word else f"{name} = {word}" for name, word in asked["labels"].items())
    print(f"{asked['model']}, not tuned{labels and f'; labels {labels}'}", file=sys.stderr)
    if shots := asked.get("shots"):
        used = shots["used"]
        which = ", ".join(f"{name} ({times} times)" for name, times in [*used.items()][: shots["count"]])
        how = f"at random, seed {shots['seed']}" if shots["by"] == "random" else "most like each record"
        print(f"up to {shots['count']} shots of {shots['from']}, {how}; {len(used)} used: {which}", file=sys.stderr)


def show_facts(tuned: Model | MultiTaskModel, out: Path) -> None:
    """What came of tuning: dev scores beside ceiling and baseline, and where the model is."""
    made, training = tuned.facts["made"], tuned.facts["training"]
    told = [each.facts for each in tuned.models.values()]
    for facts in told:
        _table(facts["evaluation"], {name: facts[name] for name in ("baseline", "blind") if facts.get(name)})
        _lost(facts["lost_in_training"], "train: ")
        _lost(facts["evaluation"]["lost"], "dev: ")
    kept = f"kept step {training['best_step']} of {training['steps']}"
    records = sum(facts["made"]["records"] for facts in told)
    print(f"{kept}; {amount(records, 'record')}, {made['seconds']} s; saved in {out}")


def show_clusters(found: Clustering, out: Path) -> None:
    """The clusters with their sizes, their scores where there are labels, and where all of it is."""
    table = Table("cluster", box=None, pad_edge=False, expand=True)
    table.add_column("texts", justify="right")
    table.add_column("nearest to its middle", ratio=1, no_wrap=True, overflow="ellipsis")
    for each in found.clusters:
        table.add_row(escape(each.name), str(each.size), escape(each.example))
    _console().print(table)
    if found.scores is not None:
        figures = {name: asdict(score) for name, score in found.scores.values.items()}
        told = {"task": "clusters and labels", "records": len(found.texts), "primary": found.scores.primary, "scores": figures}
        _table({**told, "ceiling": {}, "calibration": {}}, {})
    outside = f", {found.outside} in none" if found.outside else ""
    print(f"{amount(len(found.texts), 'text')} in {amount(len(found.clusters), 'cluster')}{outside}; saved in {out}")


def show_indexed(done: Indexed, into: Path | str) -> None:
    """What came of indexing, and what was lost on the way."""
    show_lost(done.lost)
    gone = f", {done.gone} gone" if done.gone else ""
    written = f"{amount(done.written, 'file')} of {amount(done.passages, 'passage')} written"
    print(f"{written}, {done.same} as they were{gone}; kept in {into}")


def show_hits(query: str, hits: Sequence[Hit]) -> None:
    """The passages found for a query, best first: where each is, what it stands under, and how it begins.

    A document can hold what steers a terminal, which is left out.
    """
    console = _console()
    console.print(f"[bold]{escape(shortened(visible(query)))}[/bold]" + ("" if hits else "\n  nothing was found"), soft_wrap=True)
    for rank, hit in enumerate(hits, 1):
        passage = hit.passage
        page = "" if passage.page is None else f", page {passage.page}"
        titles = "".join(f" › {title}" for title in passage.titles)
        place = visible(f"{passage.source}{page} ({passage.start}–{passage.end}){titles}")
        console.print(f"{rank:3}. [cyan]{escape(place)}[/cyan]  {hit.score:.4f}", soft_wrap=True)
        console.print(f"     {escape(shortened(visible(passage.text)))}", soft_wrap=True)


def show_weighed(found: Mapping[str, Weighed], rerank: str | None) -> None:
    """What each weight that was tried is worth, and how to search with the best."""
    best = {name: weight for name, (weight, _) in found.items()}
    for name, (_, means) in found.items():
        print(f"{name.replace('_', ' ')}:")
        for weight, mean in means.items():
            print(f"{weight:.1f}  ndcg@10 {mean:.4f}{'  the best' if weight == best[name] else ''}")
    flags = [f"--weight {best['weight']:g}"] if "weight" in best else []
    if trust := best.get("rerank_weight"):
        flags.append(f"--rerank {quote(rerank or '')} --rerank-weight {trust:g}")
    if trust == 0:
        print("the reranker had better be left out")
    if flags:
        print(f"search with {' '.join(flags)}")


def show_grounded_evaluation(measured: GroundedEvaluation) -> None:
    """What was found for questions, and how well they were answered."""
    for what, scores in (("what is found", measured.found), ("what is answered", measured.answered)):
        if scores:
            figures = {name: asdict(score) for name, score in scores.items()}
            told = {"task": what, "records": measured.questions, "primary": next(iter(scores)), "scores": figures}
            _table({**told, "ceiling": {}, "calibration": {}}, {})
    show_lost(measured.lost)


def show_grounded(pieces: Generator[str, None, GroundedAnswer], say: Callable[[str], None]) -> None:
    """An answer as it is written, and behind it where it stands; that it is not in the documents, where it comes to that."""
    told = ""
    while True:
        try:
            piece = next(pieces)
        except StopIteration as end:
            answer: GroundedAnswer = end.value
            break
        told += piece
        say(piece)
    if answer.abstained and told and citations.read(told).text:
        say(f"\n({answer.marked()} What stands above is not sure enough: {_figure(answer.score)})")
    elif answer.abstained and not told:
        say(answer.marked())
    _console().print(answer.footnotes(), soft_wrap=True)


def _console() -> Console:
    """One that shows documents as they are: `:x:` and numbers, too."""
    return Console(highlight=False, emoji=False)


def shortened(text: str, room: int = 240) -> str:
    """A text on one line, and no longer than that."""
    line = " ".join(text.split())
    return line if len(line) <= room else f"{line[: room - 1].rstrip()}…"


def show_lost(lost: Lost) -> None:
    """On standard error, what could not be used, by reason, with the first records by id."""
    _lost(lost.as_json())


def _lost(lost: Mapping[str, Any], split: str = "") -> None:
    for reason, found in lost.items():
        print(f"{split}{reason}: {found['count']} (first: {', '.join(found['records'])})", file=sys.stderr)


def _table(evaluation: Mapping[str, Any], guesses: Mapping[str, Mapping[str, float]]) -> None:
    title = f"{evaluation['task']}, {amount(evaluation['records'], 'record')}"
    table = Table("score", title=title, title_justify="left", box=None, pad_edge=False)
    others = {name: figures for name, figures in {"ceiling": evaluation["ceiling"], **guesses}.items() if figures}
    for column in ("value", "95 % interval", *others):
        table.add_column(column, justify="right")
    for name, score in evaluation["scores"].items():
        interval = f"{_figure(score['low'])} – {_figure(score['high'])}"
        beside = [_figure(figures.get(name)) for figures in others.values()]
        table.add_row(name, _figure(score["value"]), interval, *beside, style="bold" if name == evaluation["primary"] else "")
    _console().print(table)
    for name, signature in evaluation.get("signatures", {}).items():
        print(f"{name}: {signature}")
    if evaluation["calibration"]:
        before, after = (evaluation["calibration"][name] for name in ("ece_before", "ece_after"))
        print(f"expected calibration error {before:.4f}, {after:.4f} with the fitted temperature")


def _figure(x: float | None) -> str:
    return "–" if x is None or math.isnan(x) else f"{x:.4f}" if abs(x) < 100 else f"{x:.1f}"
