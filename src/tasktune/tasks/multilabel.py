"""Multi-label classification: give a text every label that applies, or none.

Record            `text`; the answer is a list of labels
Encoder           a yes or no for each label, from the threshold on that is best for its F1 on the dev split
Decoder, enc-dec  the names, separated by commas
Metric            macro-F1, micro-F1, share of records with exactly the right set
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task, label_name
from tasktune.framings import Label, Labels, Prompt, Text, sorted_names
from tasktune.metrics.labels import multi_label
from tasktune.notations import names
from tasktune.notations.closed_forms import NameList


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiLabel(Record):
    """A text and the set of its labels, sorted."""

    text: str
    aliases: ClassVar = {
        "text": ("sentence", "content", "review", "message", "document", "question", "title"),
        "answer": ("labels", "label", "classes", "categories", "tags", "topics"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: its labels as a list, or as one text with commas between them."""
        return cls(text=row.string("text"), answer=_labels(row), id=row.id)


def _labels(row: Row) -> tuple[str, ...] | None:
    match row.get("answer"):
        case None:
            return None
        case str(given):
            return sorted_names(label for part in given.split(",") if (label := part.strip()))
        case list(given) | tuple(given) if all(map(label_name, given)):
            return sorted_names(filter(None, map(label_name, given)))
    raise row.refuse(f"'answer' must be a list of labels, none of them empty, but is {row.get('answer')!r}")


def _read(record: MultiLabel, written: str, labels: Labels) -> tuple[str, ...]:
    return names.read_list(written, labels)


lists = Text[MultiLabel](
    prompt=lambda record: Prompt(record.text, after="\nLabels:"),
    write=lambda record: names.write_list(record.answer),
    read=_read,
    names=lambda record: record.answer,
    form=lambda record, labels: NameList(labels),
)

TASK = Task(
    name="multilabel",
    record=MultiLabel,
    encoder=Label[MultiLabel](texts=lambda record: (record.text,), kind="many"),
    decoder=lists,
    encoder_decoder=lists,
    metric=multi_label,
    example=(
        MultiLabel(text="The goalkeeper signed a contract worth four million.", answer=("business", "sport")),
        MultiLabel(text="Parliament votes on the new trade bill tonight.", answer=("business", "politics")),
        MultiLabel(text="The striker scored twice in the final.", answer=("sport",)),
        MultiLabel(text="It rained.", answer=()),
    ),
)
