"""Relation extraction: find the entities of a text, say what kind they are, and how they are related.

Record            `text`, its `words` where the data has them; the answer is entities, and links between them
Encoder           one BIO tag a word, and biaffine links between the entities found
Decoder, enc-dec  one `kind: surface` line an entity, and one `relation: entity | entity` line a relation
Metric            strict micro F1 (boundaries, kinds and relation all right), and F1 of entities
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.answers import Link, Linked, Span, Words
from tasktune.core import Record, Row, Task
from tasktune.framings import RELATION, TAG, Graph, Labels, Links, Prompt, Text, relations_and_tags
from tasktune.metrics.links import strict_f1
from tasktune.notations import relation_lines
from tasktune.notations.linked import as_graph, from_graph, ordered
from tasktune.notations.relation_lines import RelationLines
from tasktune.notations.relations import entities_and_relations
from tasktune.notations.tokens import text_and_words, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationExtraction(Record):
    """A text, the places of its words, the entities in it, and the relations between them, each in the order of the text."""

    text: str
    words: Words = ()
    aliases: ClassVar = {
        "text": ("sentence",),
        "words": ("tokens",),
        "tags": ("ner_tags",),
        "entities": (),
        "relations": (),
        "id": ("orig_id",),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: a text with entities and relations, as CoNLL04, SpERT or JSON has them."""
        text, words = text_and_words(row)
        return cls(text=text, words=words, answer=entities_and_relations(row, text, words), id=row.id)


def _write_graph(record: RelationExtraction) -> Graph:
    return as_graph(words_of(record), record.answer)


def _read_graph(record: RelationExtraction, graph: Graph, labels: Labels) -> Linked:
    entities, relations = from_graph(words_of(record), *graph)
    return ordered((*entities, *relations))


def _names(record: RelationExtraction) -> Iterator[str]:
    return ((TAG if isinstance(part, Span) else RELATION) + part.label for part in record.answer)


def _read_lines(record: RelationExtraction, written: str, labels: Labels) -> Linked:
    return relation_lines.read(record.text, written, *relations_and_tags(labels))


links = Links[RelationExtraction](
    text=lambda record: record.text,
    words=words_of,
    write=_write_graph,
    read=_read_graph,
    joins=lambda source, target: source != "" and target != "",
    lost=lambda record: len(record.answer) - sum(map(len, _write_graph(record))),
)
lines = Text[RelationExtraction](
    prompt=lambda record: Prompt(record.text, after="\nRelations:"),
    write=lambda record: relation_lines.write(record.text, record.answer),
    read=_read_lines,
    names=_names,
    separator="\n",
    max_new_tokens=192,
    form=lambda record, labels: RelationLines(record.text, *relations_and_tags(labels)),
)


def _example(text: str, entities: dict[str, str], *relations: tuple[str, str, str]) -> RelationExtraction:
    spans = {name: Span(text.index(name), text.index(name) + len(name), kind) for name, kind in entities.items()}
    links = (Link(spans[source], spans[target], label) for label, source, target in relations)
    return RelationExtraction(text=text, answer=ordered((*spans.values(), *links)))


TASK = Task(
    name="relation-extraction",
    record=RelationExtraction,
    encoder=links,
    decoder=lines,
    encoder_decoder=lines,
    metric=strict_f1,
    example=(
        _example(
            "Ada Lovelace lived in London, England.",
            {"Ada Lovelace": "PER", "London": "LOC", "England": "LOC"},
            ("Live_In", "Ada Lovelace", "London"),
            ("Located_In", "London", "England"),
        ),
        _example(
            "Reuters sent Paul to Basel.", {"Reuters": "ORG", "Paul": "PER", "Basel": "LOC"}, ("Work_For", "Paul", "Reuters")
        ),
        _example("Rome is far from Oslo.", {"Rome": "LOC", "Oslo": "LOC"}),
        _example("Nobody came.", {}),
    ),
)
