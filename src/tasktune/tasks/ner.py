"""Named-entity recognition: find what is named in a text, and say what kind it is.

Record            `text`, its `words` where the data has them; the answer is spans (start, end, label) in characters
Encoder           one BIO tag a word
Decoder, enc-dec  one `label: surface` line an entity, found again in the text
Metric            F1 over exact spans and types, as conlleval counts it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from tasktune.answers import Span, Words
from tasktune.core import Record, Row, Task
from tasktune.framings import Prompt, Tags, Text
from tasktune.metrics.spans import span_f1
from tasktune.notations import bio, chunks, lines
from tasktune.notations.columns import kept
from tasktune.notations.line_form import SpanLines
from tasktune.notations.tokens import text_and_words, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NER(Record):
    """A text, the places of its words, and the entities in it, in the order of the text. `others` is what else CoNLL-U says."""

    text: str
    words: Words = ()
    others: Mapping[str, Any] | None = field(default=None, hash=False)
    aliases: ClassVar = {
        "text": ("sentence", "content"),
        "words": ("tokens", "sentences"),
        "tags": ("ner_tags", "ner", "labels"),
        "answer": ("entities", "spans", "label"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: words with tags (BIO, IOB1, IOBES …), or a text with spans."""
        text, words = text_and_words(row)
        others = kept(row, words)
        return cls(text=text, words=words, others=others, answer=chunks.given(row, text, words), id=row.id)


tags = Tags[NER](
    text=lambda record: record.text,
    words=words_of,
    write=chunks.write,
    read=chunks.read,
    follows=bio.follows,
    inventory=bio.inventory,
    lost=chunks.lost,
)
typed_lines = Text[NER](
    prompt=lambda record: Prompt(record.text, after="\nEntities:"),
    write=lambda record: lines.write(record.text, record.answer),
    read=lambda record, written, labels: lines.read(record.text, written, labels),
    names=lambda record: (span.label for span in record.answer),
    separator="\n",
    max_new_tokens=128,
    form=lambda record, labels: SpanLines(record.text, labels),
)


def _example(tagged: str) -> NER:
    """A record from `word` and `[LABEL two words]` pieces."""
    text, answer = "", []
    for piece in tagged.replace("[", "]").split("]"):
        label, blank, surface = piece.partition(" ")
        if label.isupper() and blank:
            answer.append(Span(len(text), len(text) + len(surface), label))
            text += surface
        else:
            text += piece
    return NER(text=text, answer=tuple(answer))


TASK = Task(
    name="ner",
    record=NER,
    encoder=tags,
    decoder=typed_lines,
    encoder_decoder=typed_lines,
    metric=span_f1,
    example=(
        _example("[PER Ada Lovelace] wrote to [PER Charles Babbage] from [LOC London]."),
        _example("The [LOC Rhine] flows through [LOC Basel] and [LOC Cologne]."),
        _example("[ORG Lloyd's] insured the ship for [PER Lloyd]."),
        _example("Nobody was named in the report."),
    ),
)
