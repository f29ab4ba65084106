"""Captioning: say in words what a picture shows.

Record            `images`; the answer is a caption, `references` where a picture has several
Others            cannot
Vision-language   the caption
Metric            CIDEr-D, BLEU-1 to -4, ROUGE-L and, for English, METEOR
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Prompt, Text
from tasktune.images import Image, plain
from tasktune.metrics.captions import captions
from tasktune.notations.pictures import COLUMNS, images_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Captioning(Record):
    """A picture, what to say of it, and where it has several captions, all of them."""

    images: tuple[Image, ...]
    references: tuple[str, ...] = ()
    aliases: ClassVar = {
        "images": COLUMNS,
        "answer": ("caption", "captions", "sentence", "sentences", "text", "description", "name"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. The first of several captions is the answer."""
        given = row.texts("answer")
        references = (row.strings("references") or ()) or (given if len(given) > 1 else ())
        return cls(images=images_of(row), references=references, answer=next(iter((*given, *references)), None), id=row.id)


caption = Text[Captioning](
    prompt=lambda record: Prompt("", after="Describe the picture.\nCaption:", images=record.images), max_new_tokens=40
)

TASK = Task(
    name="captioning",
    record=Captioning,
    encoder=None,
    decoder=None,
    encoder_decoder=None,
    vision_language=caption,
    metric=captions,
    example=(
        Captioning(images=(plain("#d02020"),), answer="A small red square."),
        Captioning(images=(plain("#2040d0"),), answer="The blue of a clear sky."),
        Captioning(images=(plain("#20a040"),), answer="Fresh green grass in spring."),
        Captioning(images=(plain("#101010"),), answer="A dark night without stars."),
    ),
)
