"""Visual reasoning, as in NLVR: is a sentence true of a picture, of one that is composed of several, or of two?

Record            `sentence` and `images`; the answer is true or false
Others            cannot
Vision-language   true or false, chosen by comparing their log p
Metric            accuracy; consistency, the share of sentences for which all of their pictures are judged right

NLVR's JSON lines are read as they are, and files with a `left_image` and a `right_image`, as NLVR2 has two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Prompt, Text
from tasktune.images import Image, plain
from tasktune.metrics.consistency import consistency
from tasktune.notations.pictures import COLUMNS, images_of
from tasktune.notations.verdicts import verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class NLVR(Record):
    """A sentence, the pictures that it is about, and whether it is "true" or "false" of them."""

    sentence: str
    images: tuple[Image, ...]
    aliases: ClassVar = {
        "sentence": ("text", "statement", "caption", "question"),
        "images": COLUMNS,
        "left": ("left_image", "image_left", "image1"),
        "right": ("right_image", "image_right", "image2"),
        "answer": ("label",),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. Raises `InputError` where its answer is neither true nor false."""
        images = images_of(row) or (*images_of(row, "left"), *images_of(row, "right"))
        return cls(sentence=row.string("sentence"), images=images, answer=verdict(row, "answer", "true", "false"), id=row.id)


words = Text[NLVR](
    prompt=lambda record: Prompt(record.sentence, after="\nTrue or false?", images=record.images),
    names=lambda record: (record.answer,),
    closed=True,
)

_RED, _BLUE = (plain(colour) for colour in ("#d02020", "#2040d0"))

TASK = Task(
    name="nlvr",
    record=NLVR,
    encoder=None,
    decoder=None,
    encoder_decoder=None,
    vision_language=words,
    metric=consistency,
    example=(
        NLVR(sentence="One is red and one is blue.", images=(_RED, _BLUE), answer="true"),
        NLVR(sentence="One is red and one is blue.", images=(_BLUE, _BLUE), answer="false"),
        NLVR(sentence="There is a red square.", images=(_RED,), answer="true"),
        NLVR(sentence="There is a red square.", images=(_BLUE,), answer="false"),
    ),
)
