"""Image-text matching: does a text fit a picture?

Record            `images` and `text`; the answer is yes or no (in files also 1 and 0, true and false)
Others            cannot
Vision-language   yes or no, chosen by comparing their log p
Metric            accuracy, and F1 of yes
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Prompt, Text
from tasktune.images import Image, plain
from tasktune.metrics.labels import yes_or_no
from tasktune.notations.pictures import COLUMNS, images_of
from tasktune.notations.verdicts import verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTextMatching(Record):
    """A picture and a text, and whether they fit: "yes" or "no"."""

    text: str
    images: tuple[Image, ...]
    aliases: ClassVar = {
        "text": ("caption", "sentence", "description"),
        "images": COLUMNS,
        "answer": ("label", "match", "matches"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. Raises `InputError` where its answer is neither yes nor no."""
        return cls(text=row.string("text"), images=images_of(row), answer=verdict(row, "answer", "yes", "no"), id=row.id)


words = Text[ImageTextMatching](
    prompt=lambda record: Prompt(record.text, after="\nDoes this fit the picture?", images=record.images),
    names=lambda record: (record.answer,),
    closed=True,
)

_RED, _BLUE = (plain(colour) for colour in ("#d02020", "#2040d0"))

TASK = Task(
    name="image-text-matching",
    record=ImageTextMatching,
    encoder=None,
    decoder=None,
    encoder_decoder=None,
    vision_language=words,
    metric=yes_or_no,
    example=(
        ImageTextMatching(text="All is red.", images=(_RED,), answer="yes"),
        ImageTextMatching(text="All is red.", images=(_BLUE,), answer="no"),
        ImageTextMatching(text="All is blue.", images=(_BLUE,), answer="yes"),
        ImageTextMatching(text="All is blue.", images=(_RED,), answer="no"),
    ),
)
