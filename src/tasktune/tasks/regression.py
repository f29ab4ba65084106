"""Regression: give a text, or a pair of texts, a number (similarity, quality, price, age).

Record            `text` and, where two texts are compared, `pair`; the answer is a number
Encoder           one number from the pooled text, with a 95 % interval from the residuals on the dev split
Decoder, enc-dec  the number, written out
Metric            Pearson, Spearman, RMSE
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Label, Labels, Text, prompt_of, texts_of
from tasktune.metrics.numbers import regression
from tasktune.notations import number
from tasktune.notations.closed_forms import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression(Record):
    """A text, or a pair of texts, and its number."""

    text: str
    pair: str = ""
    aliases: ClassVar = {
        "text": ("sentence", "sentence1", "sentence_A", "content", "review"),
        "pair": ("text_pair", "sentence2", "sentence_B"),
        "answer": ("score", "value", "number", "label", "similarity", "relatedness_score", "target"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. Raises `InputError` where its answer is no finite number."""
        return cls(text=row.string("text"), pair=row.optional("pair") or "", answer=row.number("answer"), id=row.id)


def _read(record: Regression, written: str, labels: Labels) -> float | None:
    return number.read(written)


spelled = Text[Regression](
    prompt=lambda record: prompt_of(record, "Score:"),
    write=lambda record: number.write(record.answer),
    read=_read,
    max_new_tokens=16,
    form=lambda record, labels: Number(),
)

TASK = Task(
    name="regression",
    record=Regression,
    encoder=Label[Regression](texts=texts_of, kind="number"),
    decoder=spelled,
    encoder_decoder=spelled,
    metric=regression,
    example=(
        Regression(text="A man is playing a flute.", pair="A man plays the flute.", answer=5.0),
        Regression(text="A woman is slicing an onion.", pair="A man is riding a horse.", answer=0.0),
        Regression(text="Children play in the park.", pair="Two children are outdoors.", answer=3.25),
        Regression(text="The dog sleeps.", pair="A cat sleeps.", answer=1.5),
    ),
)
