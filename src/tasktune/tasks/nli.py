"""Natural-language inference: does the premise entail the hypothesis, contradict it, or neither?

Record            `premise` and `hypothesis`; the answer is the relation, by whatever names the data has
Encoder           one label for the pair
Decoder, enc-dec  the relation's name, chosen by comparing log p of all names
Metric            accuracy, macro-F1, MCC
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Label, Prompt, Text
from tasktune.metrics.labels import single_label

_NO_MAJORITY = ("-", "-1")  # SNLI, MNLI and OCNLI write this where the annotators did not agree on a label


@dataclass(frozen=True, slots=True, kw_only=True)
class NLI(Record):
    """A premise, a hypothesis and how they stand to each other."""

    premise: str
    hypothesis: str
    aliases: ClassVar = {
        "premise": ("sentence1", "sentence_A", "text"),
        "hypothesis": ("sentence2", "sentence_B", "text_pair"),
        "answer": ("gold_label", "label", "entailment_judgment", "judgment"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds; the labels "-" and -1 (no majority among annotators) are no answer."""
        label = row.name("answer")
        return cls(
            premise=row.string("premise"),
            hypothesis=row.string("hypothesis"),
            answer=None if label in _NO_MAJORITY else label,
            id=row.id,
        )


def _prompt(record: NLI) -> Prompt:
    return Prompt(record.premise, before="Premise: ", after=f"\nHypothesis: {record.hypothesis}\nRelation:")


words = Text[NLI](prompt=_prompt, names=lambda record: (record.answer,), closed=True)

TASK = Task(
    name="nli",
    record=NLI,
    encoder=Label[NLI](texts=lambda record: (record.premise, record.hypothesis)),
    decoder=words,
    encoder_decoder=words,
    metric=single_label,
    example=(
        NLI(premise="Two dogs run along the beach.", hypothesis="Animals are outdoors.", answer="entailment"),
        NLI(premise="Two dogs run along the beach.", hypothesis="The dogs are asleep.", answer="contradiction"),
        NLI(premise="Two dogs run along the beach.", hypothesis="The dogs chase a ball.", answer="neutral"),
        NLI(premise="A girl reads on the train.", hypothesis="Someone is reading.", answer="entailment"),
    ),
)
