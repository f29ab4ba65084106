"""Which parts of a picture moved an answer: log p(answer | record) without them, or where the network attended.

- By occlusion (Zeiler & Fergus 2014), for any model: each cell of a grid over the picture is painted over with the picture's mean
  colour in turn. What log p loses by that, in nats, is what the cell said for the answer; below 0 it spoke against it.
- By attention (rollout, Abnar & Zuidema 2020): how much of what is read where the answer begins comes from each place of
  the picture, through all of its layers. It is cheaper, has no sign, and says where was looked rather than what mattered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from tasktune.answers import Answer
from tasktune.core import InputError, Lost, Record
from tasktune.datasets import questions
from tasktune.images import Image, opened
from tasktune.models.inference import answers, likelihoods
from tasktune.models.model import Model
from tasktune.verbs.picture_map import drawn
from tasktune.verbs.rollout import attended

Map = NDArray[np.float64]
"""A figure for each cell of a picture: (rows, columns)."""


@final
@dataclass(frozen=True, slots=True)
class Explanation:
    """What each part of a record's pictures did for an answer, a map a picture. `log_p` is the answer's."""

    record: Record
    answer: Answer
    log_p: float
    maps: tuple[Map, ...]

    def as_json(self) -> dict[str, Any]:
        """The answer, its log p, and the maps as rows of numbers."""
        return {"answer": self.answer, "log_p": self.log_p, "maps": [each.tolist() for each in self.maps]}

    def save(self, out: Path | str) -> Path:
        """Write the pictures side by side, with the maps over them, as PNG: what spoke for the answer red, against it blue."""
        images: tuple[Image, ...] = self.record.images  # type: ignore[attr-defined]
        path = Path(out)
        if path.exists():
            raise InputError(f"{path} is there already, and nothing is overwritten; name another --out")
        drawn([opened(image) for image in images], self.maps).save(path, "PNG")
        return path


def explain(model: Model, asked: Any, by: Literal["occlusion", "attention"] = "occlusion", grid: int = 8) -> Explanation:
    """What the parts of a record's pictures did for the model's answer, or where the record has one, for that.

    `asked` is a record or a mapping of its fields. `grid` is how many cells a picture has in each direction, for occlusion.
    Raises `InputError` where there is no picture, no answer, or the network's attention cannot be laid over it.
    """
    (record,) = questions(model.task, [asked])
    if not getattr(record, "images", ()):
        raise InputError(f"there is no picture in this record of {model.task.name}; what moved an answer is drawn over pictures")
    if record.answer is None:
        (found,) = model.predict([record])
        record = replace(record, answer=found.answer)
    if record.answer is None:
        raise InputError("the model gives this record no answer that can be read, so there is nothing to explain")
    (log_p,) = _log_p(model, [record])
    maps = tuple(_occluded(model, record, log_p, grid)) if by == "occlusion" else attended(model, record)
    return Explanation(record, record.answer, log_p, maps)


def _log_p(model: Model, records: list[Record]) -> list[float]:
    """log p of each record's own answer: among all that there are, where the model chooses, else of its tokens together."""
    if model.head.closed and records[0].answer in model.head.labels:
        said = answers(model.net, model.head, records, Lost())
        chosen = [model.head.units(record, raws) for record, raws, _ in said if raws]
        told = [float(units.log_p[0, units.gold[0]]) for units in chosen if units is not None]
    else:
        told = [-likelihood.nats for _, likelihood in likelihoods(model.net, model.head, records, Lost())]
    if len(told) < len(records):
        raise InputError("the record is too long for the model, and the policy drops it; see --lossy")
    return told


def _occluded(model: Model, record: Record, log_p: float, grid: int) -> Iterator[Map]:
    """For each picture how much less log p is without each of its cells."""
    images: tuple[Image, ...] = record.images  # type: ignore[attr-defined]
    for k, image in enumerate(images):
        hidden = [(*images[:k], without, *images[k + 1 :]) for without in _without_cells(image, grid)]
        found = _log_p(model, [replace(record, images=seen) for seen in hidden])  # type: ignore[call-arg]
        yield (log_p - np.array(found)).reshape(grid, grid)


def _without_cells(image: Image, grid: int) -> Iterator[Image]:
    """The picture without each of its cells, row by row."""
    whole = opened(image)
    mean = tuple(int(value) for value in np.asarray(whole).reshape(-1, 3).mean(0).round())
    across, down = (np.linspace(0, side, grid + 1).round().astype(int).tolist() for side in whole.size)
    for row in range(grid):
        for column in range(grid):
            painted, written = whole.copy(), BytesIO()
            painted.paste(mean, (across[column], down[row], across[column + 1], down[row + 1]))
            painted.save(written, "PNG")
            yield Image(written.getvalue(), f"{image} without a part")
