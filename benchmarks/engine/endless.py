"""Works whose memory must not grow with the number of records: evaluation, beside `Trainer.evaluate`, and a long prediction."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

from transformers import DataCollatorForSeq2Seq, PrinterCallback, Trainer, TrainingArguments

import tasktune as tt
from engine import predicting, sources
from engine.pairs import Asked, Baton, Facts
from engine.small import small
from engine.training import as_row
from tasktune.core import Lost
from tasktune.heads.base import Calibration
from tasktune.models.model import build
from tasktune.recipe import Recipe
from tasktune.tasks import task


def evaluated(baton: Baton, asked: Asked, *, times: int) -> Facts:
    """`tasktune.evaluate` of `times` as many records, made on the fly."""
    model = tt.load(predicting.tuned(asked, "ner"))
    baton.take()
    for _ in range(asked.turns):
        tt.evaluate(model, _measured_by(model, asked.amount * times))
        baton.hand_over(asked.amount * times)
    return {}


def _measured_by(model: tt.Model, count: int) -> Iterator[Any]:
    """The dev split, again and again, without the few tweets with a tag that training did not show."""
    known = set(model.head.labels)
    return islice(cycle([r for r in sources.wnut("dev") if known.issuperset(model.head.framing.write(r))]), count)


def trainer_evaluated(baton: Baton, asked: Asked, *, times: int) -> Facts:
    """`Trainer.evaluate` of the same."""
    model = tt.load(predicting.tuned(asked, "ner"))
    records = _measured_by(model, asked.amount * times)
    rows = [as_row(f, shift=False) for record in records for f in model.head.supervise(record, Lost())]
    settings = TrainingArguments(output_dir=str(asked.folder / "trainer"), report_to="none", disable_tqdm=True, use_cpu=True)
    runs = Trainer(
        model.net,
        settings,
        data_collator=DataCollatorForSeq2Seq(model.head.tokenizer),
        compute_metrics=lambda found: {"n": len(found.predictions)},
    )
    runs.remove_callback(PrinterCallback)
    baton.take()
    for _ in range(asked.turns):
        runs.evaluate(rows)
        baton.hand_over(len(rows))
    return {}


def streamed(baton: Baton, asked: Asked) -> Facts:
    """One stream of short texts through `Model.stream`, a tenth of it a turn; the network is tiny, so that the rest is seen."""
    folder = small(asked.model, asked.folder / "small")
    model = build(task("classification"), str(folder), lambda _: ("no", "yes"), Recipe(), lambda _: Calibration())
    baton.take()
    for number, _ in enumerate(model.stream(_short(asked.amount * asked.turns)), 1):
        if number % asked.amount == 0:
            baton.hand_over(asked.amount)
    return {}


def _short(count: int) -> Iterator[str]:
    """Texts of 5 to 14 words, made as they are asked for."""
    words = " ".join(text for text in sources.texts(200)).split()
    for k in range(count):
        start = 7 * k % (len(words) - 14)
        yield " ".join(words[start : start + 5 + k % 10])
