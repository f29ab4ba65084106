"""Paraphrase: do two texts say the same?

Record            `text` and `pair`; the answer is yes or no (in files also 1 and 0, true and false)
Encoder           one label for the pair
Decoder, enc-dec  yes or no, chosen by comparing their log p
Metric            accuracy, and F1 of yes, as GLUE counts them for MRPC and QQP
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Label, Text, prompt_of
from tasktune.metrics.labels import yes_or_no
from tasktune.notations.verdicts import verdict

_OTHERWISE = ". Pairs with other labels are for classification, pairs with a degree for regression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paraphrase(Record):
    """Two texts, and whether they say the same: "yes" or "no"."""

    text: str
    pair: str
    aliases: ClassVar = {
        "text": ("sentence1", "question1", "#1 String", "sentence_A", "text_a", "query"),
        "pair": ("sentence2", "question2", "#2 String", "sentence_B", "text_b", "text_pair", "title"),
        "answer": ("label", "Quality", "is_duplicate", "paraphrase"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. Raises `InputError` where its answer is neither yes nor no."""
        answer = verdict(row, "answer", "yes", "no", _OTHERWISE)
        return cls(text=row.string("text"), pair=row.string("pair"), answer=answer, id=row.id)


words = Text[Paraphrase](
    prompt=lambda record: prompt_of(record, "Do both say the same?"), names=lambda record: (record.answer,), closed=True
)

TASK = Task(
    name="paraphrase",
    record=Paraphrase,
    encoder=Label[Paraphrase](texts=lambda record: (record.text, record.pair)),
    decoder=words,
    encoder_decoder=words,
    metric=yes_or_no,
    example=(
        Paraphrase(text="The ferry was cancelled because of the storm.", pair="Storms kept the ferry in port.", answer="yes"),
        Paraphrase(text="The ferry was cancelled because of the storm.", pair="The ferry came late.", answer="no"),
        Paraphrase(text="How do I learn to swim?", pair="What is the best way to learn swimming?", answer="yes"),
        Paraphrase(text="How do I learn to swim?", pair="How do I learn to sail?", answer="no"),
    ),
)
