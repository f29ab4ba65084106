"""Relation classification: say how two marked entities of a text are related.

Record            `text` and the `pair` of entities in it; the answer is the relation
Encoder           one label for the text with both entities marked
Decoder, enc-dec  the relation's name, chosen by comparing log p of all names
Metric            macro-F1 over relations, micro-F1 and accuracy, as SemEval-2010 task 8 counts them
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.answers import Span
from tasktune.core import Record, Row, Task
from tasktune.framings import Label, Prompt, Text
from tasktune.metrics.relations import relation_f1
from tasktune.notations.marked import marked, untagged
from tasktune.notations.tokens import span_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation(Record):
    """A text, two places in it (their labels are the kinds of the entities, "" where unknown), and their relation."""

    text: str
    pair: tuple[Span, Span]
    aliases: ClassVar = {
        "text": ("sentence",),
        "pair": ("entities", "arguments"),
        "answer": ("relation", "label"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: a text with `pair` as places in it, or with the tags `<e1>` and `<e2>` in it."""
        text, pair = _with_pair(row)
        return cls(text=text, pair=pair, answer=row.name("answer"), id=row.id)


def _with_pair(row: Row) -> tuple[str, tuple[Span, Span]]:
    text, given = row.string("text"), row.get("pair")
    match given:
        case None:
            if (apart := untagged(text)) is not None:
                return apart
        case [first, second]:
            return text, (span_of(row, text, first), span_of(row, text, second))
    raise row.refuse(
        "no pair of entities here: give 'pair' as two places in the text, [start, end, kind], "
        f"or mark them in it as <e1>…</e1> and <e2>…</e2>; but there is {given!r}"
    )


def _prompt(record: Relation) -> Prompt:
    first, second = (record.text[span.start : span.end] for span in record.pair)
    return Prompt(marked(record.text, record.pair), after=f"\nRelation of {first} and {second}:")


label = Label[Relation](texts=lambda record: (marked(record.text, record.pair),))
words = Text[Relation](prompt=_prompt, names=lambda record: (record.answer,), closed=True)


def _example(tagged: str, answer: str) -> Relation:
    return Relation.from_row(Row({"text": tagged, "answer": answer}))


TASK = Task(
    name="relation",
    record=Relation,
    encoder=label,
    decoder=words,
    encoder_decoder=words,
    metric=relation_f1,
    example=(
        _example("The <e1>storm</e1> tore the <e2>roof</e2> off.", "Cause-Effect(e1,e2)"),
        _example("The <e1>flood</e1> came of a broken <e2>dam</e2>.", "Cause-Effect(e2,e1)"),
        _example("She put the <e1>letters</e1> into a <e2>box</e2>.", "Content-Container(e1,e2)"),
        _example("The <e1>child</e1> walked past the <e2>mill</e2>.", "Other"),
    ),
)
