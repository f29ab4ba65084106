"""Image classification, by words: say which of several names fits a picture.

Record            `images`; the answer is a name
Others            cannot
Vision-language   the name, chosen by comparing log p of all names
Metric            accuracy, macro-F1, MCC

Read are a folder with a folder of pictures for each name, and JSON lines, CSV and Parquet with a picture and a `label`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Prompt, Text
from tasktune.images import Image, plain
from tasktune.metrics.labels import single_label
from tasktune.notations.pictures import COLUMNS, images_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageClassification(Record):
    """A picture, and the name of what it shows."""

    images: tuple[Image, ...]
    aliases: ClassVar = {"images": COLUMNS, "answer": ("label", "class", "category", "name")}

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds."""
        return cls(images=images_of(row), answer=row.name("answer"), id=row.id)


words = Text[ImageClassification](
    prompt=lambda record: Prompt("", after="What does the picture show?\nLabel:", images=record.images),
    names=lambda record: (record.answer,),
    closed=True,
)

TASK = Task(
    name="image-classification",
    record=ImageClassification,
    encoder=None,
    decoder=None,
    encoder_decoder=None,
    vision_language=words,
    metric=single_label,
    example=(
        ImageClassification(images=(plain("#d02020"),), answer="fire"),
        ImageClassification(images=(plain("#2040d0"),), answer="water"),
        ImageClassification(images=(plain("#20a040"),), answer="grass"),
        ImageClassification(images=(plain("#c01810"),), answer="fire"),
    ),
)
