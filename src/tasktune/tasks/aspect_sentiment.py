"""Aspect-based sentiment: find what opinions of a text are about, and whether they are good or bad, in one go.

Record            `text`, its `words` where the data has them; the answer is spans (start, end, polarity) in characters
Encoder           one BIO tag a word, place and polarity together (`B-POS`, `I-POS`): the unified tags of Li et al. 2019
Decoder, enc-dec  one `polarity: aspect` line an aspect, found again in the text
Metric            F1 over exact spans and polarities (end-to-end ABSA)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.answers import Span, Words
from tasktune.core import Record, Row, Task
from tasktune.framings import Prompt, Tags, Text
from tasktune.metrics.spans import span_f1
from tasktune.notations import bio, chunks, lines
from tasktune.notations.line_form import SpanLines
from tasktune.notations.tokens import text_and_words, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AspectSentiment(Record):
    """A text, the places of its words, and the aspects that it speaks of with their polarity, in the order of the text."""

    text: str
    words: Words = ()
    aliases: ClassVar = {
        "text": ("sentence", "review", "content"),
        "words": ("tokens", "sentences"),
        "tags": ("aspect_tags", "labels"),
        "answer": ("aspects", "spans", "label"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: words with tags (BIO, IOBES …), a text with spans, or one with opinion triplets."""
        text, words = text_and_words(row)
        return cls(text=text, words=words, answer=_aspects(row, text, words), id=row.id)


def _aspects(row: Row, text: str, words: Words) -> tuple[Span, ...] | None:
    """The aspects of a row; of triplets, those that stand in the text, each once however many opinions there are of it."""
    given = row.get("answer")
    match given:
        case [{"source": _, "label": _}, *_]:
            placed = [link["source"] | {"label": link["label"]} for link in given if link["source"]]
            found = chunks.given(Row({"answer": placed}, row.where), text, words)
            return tuple(dict.fromkeys(found or ()))
        case str(polarity):
            raise row.refuse(
                f"'answer' is {polarity[:60]!r}, of one aspect, where all of the text must stand, each {{start, end, label}}. "
                "To say how one that is given is meant, the task is aspect-polarity"
            )
    return chunks.given(row, text, words)


tags = Tags[AspectSentiment](
    text=lambda record: record.text,
    words=words_of,
    write=chunks.write,
    read=chunks.read,
    follows=bio.follows,
    inventory=bio.inventory,
    lost=chunks.lost,
)
polar_lines = Text[AspectSentiment](
    prompt=lambda record: Prompt(record.text, after="\nAspects:"),
    write=lambda record: lines.write(record.text, record.answer),
    read=lambda record, written, labels: lines.read(record.text, written, labels),
    names=lambda record: (span.label for span in record.answer),
    separator="\n",
    max_new_tokens=128,
    form=lambda record, labels: SpanLines(record.text, labels),
)


def _example(text: str, **polarity_of: str) -> AspectSentiment:
    """A record of the surfaces (a `_` for each blank) that occur once in a text."""
    found = {surface.replace("_", " "): polarity for surface, polarity in polarity_of.items()}
    spans = [Span(text.index(surface), text.index(surface) + len(surface), polarity) for surface, polarity in found.items()]
    return AspectSentiment(text=text, answer=tuple(spans))


TASK = Task(
    name="aspect-sentiment",
    record=AspectSentiment,
    encoder=tags,
    decoder=polar_lines,
    encoder_decoder=polar_lines,
    metric=span_f1,
    example=(
        _example("The soup was cold but the waiter could not have been kinder.", soup="negative", waiter="positive"),
        _example("Great battery life, and a screen that is merely fine.", battery_life="positive", screen="neutral"),
        _example("The hinge broke within a week.", hinge="negative"),
        _example("I would come again any day."),
    ),
)
