"""What a task is learnt from and measured by: the records of its own files, and what they come to on a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from random import Random
from statistics import fmean, pstdev
from typing import Any, final

from tasktune.core import InputError, Lost, Record, Task
from tasktune.datasets import Data, called, records, train_and_dev
from tasktune.framings import Embed, Framing, Label, Labels, Select
from tasktune.heads.base import Calibration
from tasktune.heads.features import Features
from tasktune.models.baseline import baseline, blind
from tasktune.models.course import Lesson, Subject
from tasktune.models.evaluation import answered, calibrate, measure, primary
from tasktune.models.model import Model
from tasktune.models.network import fold
from tasktune.recipe import Recipe
from tasktune.scores import Scores
from tasktune.verbs.progress import counted

_DEV_SHARE = 0.1
_CALIBRATED_ON = 2000  # records: one number is learnt, and more would not move it


@final
@dataclass(frozen=True, slots=True)
class Material:
    """The records that a task is learnt from and measured by, where they are from, and what of them was lost."""

    task: Task[Any]
    learnt: Sequence[Record]
    held_out: Sequence[Record]
    source: dict[str, Any]
    lost: Lost

    def labels(self, framing: Framing) -> Labels:
        """The labels that the training data show. Raises `InputError` where they leave nothing to choose between."""
        labels = framing.inventory(name for record in self.learnt for name in framing.names(record))
        fewest = {"one": 2, "many": 1, "number": 0}[framing.kind] if isinstance(framing, Label) else 0
        if len(labels) < fewest:
            raise InputError(
                f"the training data show {len(labels)} label ({', '.join(labels)}); it takes {fewest} to choose between"
            )
        return labels

    def scale(self, framing: Framing) -> Calibration:
        """The mean and standard deviation of the training numbers, where answers are numbers; how many parts answers have."""
        if isinstance(framing, Select):
            return Calibration(parts=framing.usual(self.learnt))
        if not (isinstance(framing, Label) and framing.kind == "number"):
            return Calibration()
        numbers = [framing.write(record) for record in self.learnt]
        return Calibration(center=fmean(numbers), scale=pstdev(numbers) or 1.0)

    def subject(self, model: Model) -> Subject:
        """What there is to learn from the records."""
        lessons = [
            Lesson(record.id, f) for record in model.head.foreseen(self.learnt) for f in _supervised(model, record, self.lost)
        ]
        if not lessons:
            raise InputError(f"the policy --lossy {model.head.recipe.lossy} leaves no record to learn from")
        return Subject(model.net, model.head, lessons)

    def dev_scores(self, model: Model) -> Scores:
        """The scores on the dev split alone."""
        return primary(self.task, model.net, model.head, counted(self.held_out, "measuring"))

    def calibrated(self, model: Model) -> Model:
        """The model with a confidence that suits the dev split, and numbers in their own unit."""
        known = model.head.calibration
        if known.scale != 1.0 and fold(model.net, known.center, known.scale):
            model = model.calibrated(Calibration())
        some = Random(model.head.recipe.seed).sample(self.held_out, min(_CALIBRATED_ON, len(self.held_out)))
        return model.calibrated(calibrate(self.task, model.net, model.head, counted(some, "calibrating")))

    def facts(self, model: Model) -> dict[str, Any]:
        """The model's scores on the dev split by the first metric, those of guessing, what was lost in training."""
        evaluation = measure(replace(self.task, beside=()), model.net, model.head, counted(self.held_out, "measuring"))
        guessed = {
            "baseline": baseline(self.task, self.learnt, self.held_out),
            "blind": blind(self.task, self.learnt, self.held_out),
        }
        return {
            "evaluation": evaluation.as_json(),
            **{name: _values(scores) for name, scores in guessed.items() if name == "baseline" or scores is not None},
            "lost_in_training": self.lost.as_json(),
        }


def material(
    task: Task[Any], train: Data, dev: Data | None, recipe: Recipe, mapping: Mapping[str, str] | None, format: str | None
) -> Material:
    """The records of a task's files. Raises `InputError` where they cannot be read, have no answers, or are too few."""
    lost = Lost()
    files = train_and_dev(task, train, dev)
    read = (None if f is None else list(answered(records(task, f, mapping, format), recipe, lost)) for f in files)
    learnt, held_out = read
    for data, found in zip(files, (learnt, held_out), strict=True):
        if data is not None and found == []:
            raise InputError(f"{called(data)}: there is no record in it that can be used; it must have some")
    learnt, held_out = _split(task, learnt or [], held_out, recipe.seed)
    source = {
        "train": called(train),
        "dev": f"{_DEV_SHARE:.0%} of train, set aside" if dev is None else called(dev),
        "mapping": dict(mapping or {}),
        "records": len(learnt),
        "dev_records": len(held_out),
    }
    return Material(task, learnt, held_out, source, lost)


def _values(scores: Scores | None) -> dict[str, float]:
    return {} if scores is None else {name: score.value for name, score in scores.values.items()}


def _split(task: Task[Any], learnt: list[Record], held_out: list[Record] | None, seed: int) -> tuple[list[Record], list[Record]]:
    """The records to learn from and those to measure by: where none are given for that, a tenth of the others.

    Those that are measured together stay together. Of a collection, it is a tenth of the queries, which search all of its
    documents; these have nothing to learn from.
    """
    if held_out is None:
        searched = isinstance(task.encoder, Embed)
        documents = [record for record in learnt if searched and record.answer == ()]
        others = [record for record in learnt if not (searched and record.answer == ())]
        companies = defaultdict[object, list[Record]](list)
        for record in others:
            companies[record.company].append(record)
        shuffled = Random(seed).sample([*companies.values()], len(companies))
        cut = max(1, round(_DEV_SHARE * len(companies)))
        learnt, held_out = [*chain(*shuffled[cut:])], [*documents, *chain(*shuffled[:cut])]
        if not learnt:
            raise InputError(
                "of one record alone none can be set aside to measure by (the passages of one query count as one). Give more, or "
                "others with --dev"
            )
    return learnt, held_out


def _supervised(model: Model, record: Record, lost: Lost) -> list[Features]:
    """The features of a record to learn from; one without anything to learn is an error unless the policy is to drop."""
    features = model.head.supervise(record, lost)
    useful = [f for f in features if f.targets]
    if useful or not features:
        return useful
    if model.head.recipe.lossy != "drop":
        raise InputError(
            f"record {record.id or record!r} leaves nothing to learn: no label, word or token of it is supervised; "
            "mend it, or leave such records out with --lossy drop"
        )
    lost.add("nothing to learn", record.id)
    return []
