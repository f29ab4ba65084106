"""Text classification: give a text one label out of a closed set (sentiment, topic, spam, intent).

Record            `text` and, where two texts are compared, `pair`; the answer is the label
Encoder           one label for the pooled text
Decoder, enc-dec  the label's name, chosen by comparing log p of all names
Metric            accuracy, macro-F1, MCC
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Label, Text, prompt_of, texts_of
from tasktune.metrics.labels import single_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification(Record):
    """A text, or a pair of texts, and the one label it bears."""

    text: str
    pair: str = ""
    aliases: ClassVar = {
        "text": ("sentence", "content", "review", "message", "document", "question", "title", "sentence1", "text_a"),
        "pair": ("text_pair", "sentence2", "text_b"),
        "answer": ("label", "class", "category", "sentiment", "target", "intent", "topic"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds."""
        return cls(text=row.string("text"), pair=row.optional("pair") or "", answer=row.name("answer"), id=row.id)


words = Text[Classification](
    prompt=lambda record: prompt_of(record, "Label:"), names=lambda record: (record.answer,), closed=True
)

TASK = Task(
    name="classification",
    record=Classification,
    encoder=Label[Classification](texts=texts_of),
    decoder=words,
    encoder_decoder=words,
    metric=single_label,
    example=(
        Classification(text="a warm, funny and quietly moving film", answer="positive"),
        Classification(text="two hours of my life that I will never get back", answer="negative"),
        Classification(text="The plot creaks, but the cast is a delight from the first scene to the last.", answer="positive"),
        Classification(text="flat jokes, flatter acting", answer="negative"),
    ),
)
