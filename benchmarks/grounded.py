"""Questions answered from documents: `python benchmarks/grounded.py` from the root of the repository.

- squad: the paragraphs of SQuAD2's dev questions as one collection, searched by words and vectors; half of the questions are
  not answered there. Found, and answered by an encoder (minilm, tuned on SQuAD2's training questions) and by smollm2.
- hotpotqa: each question with its ten paragraphs, two of which it takes; smollm2 as it comes, and tuned on half of the questions.
- rgb: five passages with more and more noise, none that answers (rejection), wrong ones (counterfactual).

Faithfulness is judged by minilm, tuned on SICK. The result is `grounded.json` beside this file, saved after each row. What is
there already is not run again but with `--again`; `--only NAME` runs just these sets, `--quick` a few questions of each.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache, partial
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import tasktune as tt
from run import machine
from tasktune.answers import Cited
from tasktune.datasets import records
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.grounding import grounded
from tasktune.models.model import Model
from tasktune.passages import Hit, Passage
from tasktune.retrieval.search import Search, finder
from tasktune.scores import Score
from tasktune.stores.opening import open_store
from tasktune.tasks.question_answering_grounded import TASK, QuestionAnsweringGrounded
from tasktune.verbs.answerers import Answerer, answerer
from tasktune.verbs.ask import asking, finished
from tasktune.verbs.confidence import Confidence
from tasktune.verbs.grounded import calibrate, evaluate_grounded

HERE = Path(__file__).parent
WORK = Path("runs/bench-grounded")
SHARED = Path("../shared/data")
SEED = 13
WORDS = {"max_new_tokens": 48}
LEARNT = 1500
"""Questions that the extractor has, of which a tenth measure it."""

Scores = Mapping[str, Score]
Rows = Iterator[tuple[str, Callable[[], Scores]]]
"""Rows by their names, and how each is made."""


@cache
def kept(name: str, make: Callable[[], Model]) -> Model:
    """A model tuned for this, made once."""
    folder = WORK / name
    if not folder.exists():
        make().save(folder)
    found = tt.load(folder)
    assert isinstance(found, Model)
    return found


class Run:
    """How much is asked."""

    def __init__(self, quick: bool) -> None:
        self.quick = quick
        self.size = "quick" if quick else "whole"

    def some(self, many: int) -> int:
        """As many as that, or a few."""
        return 8 if self.quick else many

    def judge(self) -> Model:
        """Tuned to tell what follows from what."""
        data = list(islice(records(tt.task("nli"), f"{SHARED}/nli/sick/SICK_train.txt", _SICK), 64 if self.quick else 1500))
        dev = list(islice(records(tt.task("nli"), f"{SHARED}/nli/sick/SICK_trial.txt", _SICK), 16 if self.quick else None))
        return kept(f"judge-{self.size}", lambda: tt.fit("nli", data, dev, "minilm", recipe=tt.Recipe(epochs=2)))

    def extractor(self) -> Answerer:
        """Tuned to find answers in paragraphs, on questions that have one; what is sure enough to be said, `calibrate` finds."""
        known = records(tt.task("question-answering"), f"{SHARED}/extractive_qa/squad2/train.json")
        train = [record for record in known if record.answer]
        train = Random(SEED).sample(train, 64 if self.quick else LEARNT)
        few = len(train) // 10
        recipe = tt.Recipe(epochs=1 if self.quick else 3, max_length=256)
        make = lambda: tt.fit("question-answering", train[few:], train[:few], "minilm", recipe=recipe)  # noqa: E731
        return answerer(kept(f"extractor-{len(train)}", make))

    def writer(self) -> Answerer:
        """As it comes."""
        return answerer("smollm2", WORDS)


_SICK = {"premise": "sentence_A", "hypothesis": "sentence_B", "answer": "entailment_judgment"}


def squad(run: Run) -> Rows:
    """Found, and answered by either."""
    rows: list[Any] = list(records(tt.task("question-answering-generative"), f"{SHARED}/extractive_qa/squad2/dev.json"))
    names = {text: f"p{number}" for number, text in enumerate(dict.fromkeys(row.context for row in rows))}
    folder = WORK / f"squad-{run.size}"
    folder.mkdir(parents=True, exist_ok=True)
    for text, name in names.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    tt.index([str(folder)], into=WORK / f"squad-{run.size}.db", limit=512)
    asked = [
        {
            "question": row.question,
            "answers": [text for text in row.answers or [row.answer] if text],
            "source": str(folder / f"{names[row.context]}.txt"),
        }
        for row in Random(SEED).sample(rows, len(rows))
    ]
    dev, test = asked[: run.some(150)], asked[run.some(150) :][: run.some(300)]
    with open_store(WORK / f"squad-{run.size}.db") as store:
        find = finder(store, Search())

        def told(who: Answerer, asked: Sequence[Mapping[str, Any]], sure: Confidence | None = None) -> Scores:
            return evaluate_grounded(find, asked, who, confidence=sure, judge=run.judge()).answered

        yield "squad, found", lambda: evaluate_grounded(find, test).found
        yield "squad, minilm", lambda: told(run.extractor(), test)
        yield "squad, minilm, calibrated", lambda: told(run.extractor(), test, calibrate(find, dev, run.extractor()))
        yield "squad, smollm2", lambda: told(run.writer(), test[: run.some(60)])


def answered(who: Answerer, asked: Sequence[QuestionAnsweringGrounded]) -> Scores:
    """The figures of answers to questions that have passages of their own."""
    tally = Tally(grounded)
    for record in asked:
        hits = [Hit(Passage(f"{n}", 0, len(text), text), 1.0) for n, text in enumerate(record.passages)]
        titled = record.titles or ("",) * len(hits)
        hits = [replace(hit, passage=replace(hit.passage, titles=(t,) if t else ())) for hit, t in zip(hits, titled, strict=True)]
        answer = finished(asking(lambda queries, k, hits=hits: [hits], record.question, who, suspects="keep"))  # type: ignore[misc]
        tally.add(record, Cited("") if answer.abstained else answer.answer)
    return dict(tally.scores().values)


def hotpotqa(run: Run) -> Rows:
    """As it comes, and tuned on the other half."""
    asked: list[Any] = list(records(TASK, f"{SHARED}/retrieval/hotpotqa/hotpotqa_train.json"))
    Random(SEED).shuffle(asked)
    train, dev, test = asked[: run.some(45)], asked[45 : 45 + run.some(5)], asked[50 : 50 + run.some(50)]
    yield "hotpotqa, minilm", lambda: answered(run.extractor(), test)
    yield "hotpotqa, smollm2", lambda: answered(run.writer(), test)
    recipe = tt.Recipe(epochs=0.5 if run.quick else 1, batch_size=4, max_length=512 if run.quick else 2048)
    make = lambda: tt.fit(TASK.name, train, dev, "smollm2", recipe=recipe)  # noqa: E731
    yield "hotpotqa, smollm2 tuned", lambda: answered(answerer(kept(f"hotpotqa-{run.size}", make)), test)


def rgb(run: Run) -> Rows:
    """The three settings."""
    who = {"minilm": run.extractor, "smollm2": run.writer}
    settings: dict[str, dict[str, str]] = {f"noise {share}": {"noise": f"={share}"} for share in (0, 0.2, 0.4, 0.6, 0.8)}
    for name, setting in {
        **settings,
        "rejection": {"setting": "=rejection"},
        "counterfactual": {"setting": "=counterfactual"},
    }.items():
        asked: list[Any] = list(islice(records(TASK, f"{SHARED}/retrieval/rgb/en_fact.json", setting), run.some(40)))
        for answers, one in who.items():
            yield f"rgb {name}, {answers}", partial(lambda one, asked: answered(one(), asked), one, asked)


SETS = {"squad": squad, "hotpotqa": hotpotqa, "rgb": rgb}


def main() -> None:
    """Run what is named, and write each row as it comes."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--only", action="append", choices=SETS)
    flags.add_argument("--quick", action="store_true")
    flags.add_argument("--again", action="store_true")
    given = flags.parse_args()
    file, run = HERE / "grounded.json", Run(given.quick)
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"rows": {}}
    for row, make in (each for name in given.only or SETS for each in SETS[name](run)):
        if row in found["rows"] and not given.again and not given.quick:
            continue
        began = perf_counter()
        try:
            scores = make()
        except tt.InputError as wrong:  # who answered next to nothing cannot be calibrated
            print(f"{row}: {wrong}", flush=True)
            continue
        told = ", ".join(f"{figure} {score.value:.3f}" for figure, score in scores.items())
        print(f"{row}: {told} ({perf_counter() - began:.0f} s)", flush=True)
        about = {"threads": os.environ.get("OMP_NUM_THREADS"), "date": _today()}
        found["rows"][row] = {"scores": {figure: asdict(score) for figure, score in scores.items()}, **about}
        found["machine"] = machine()
        if not given.quick:
            file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


if __name__ == "__main__":
    main()
