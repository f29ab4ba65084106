"""Dependency parsing: say of every word of a sentence on which it depends and how, and what kind of word it is.

Record            `text` and its `words`; the answer is a tree, with a head, a relation and a tag for each word. Of raw text,
                  whose words are not stated, each sentence has a tree; heads count the words of the whole text
Encoder           biaffine scores of heads and relations, the maximum spanning tree with one root, and one tag a word
Decoder, enc-dec  `word TAG head relation`, a word a line
Metric            LAS, UAS, CLAS and UPOS, as conll18_ud_eval counts them
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self, TypeVar

from tasktune.answers import Dependency, Words
from tasktune.core import Record, Row, Task
from tasktune.framings import Arc, Arcs, Labels, Prompt, Text, relations_and_tags
from tasktune.metrics.trees import attachment
from tasktune.notations import trees
from tasktune.notations.columns import forms, kept
from tasktune.notations.tokens import places, sentences_of, text_and_words, words_of
from tasktune.notations.tree_form import TreeLines
from tasktune.notations.words import words as words_in

Parsing = TypeVar("Parsing", bound="DependencyParsing")


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyParsing(Record):
    """A text, the places of its words, and a tree over them. `others` is what else CoNLL-U says of them."""

    text: str
    words: Words = ()
    others: Mapping[str, Any] | None = field(default=None, hash=False)
    aliases: ClassVar = {
        "text": ("sentence",),
        "words": ("tokens", "form"),
        "heads": ("head",),
        "relations": ("deprel",),
        "tags": ("upos", "pos"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: words with heads, relations and tags, as CoNLL-U has them, or JSON."""
        return _checked(row, cls._whole(row))

    @classmethod
    def several(cls, row: Row) -> Iterable[Self]:
        """The record that a row holds; one a sentence, where each of several has its tree, as what is said of raw text has."""
        whole = cls._whole(row)
        return [_checked(row, each) for each in ([whole] if row.get("words") is not None else _apart(whole))]

    @classmethod
    def _whole(cls, row: Row) -> Self:
        text, words = text_and_words(row)
        answer = _objects(row, text, words) if row.get("answer") is not None else _columns(row, words)
        if answer is not None:
            words = tuple((word.start, word.end) for word in answer)
        others = kept(row, words)
        return cls(text=text, words=words, others=others, answer=answer and _formed(answer, others), id=row.id)


def _checked(row: Row, record: Parsing) -> Parsing:
    if flaw := trees.flaw([word.head for word in record.answer or ()]):
        raise row.refuse(f"the heads are no tree: {flaw}")
    return record


def _apart(whole: Parsing) -> list[Parsing]:
    """A record for each sentence of a raw text, where each has a tree of its own; else the record as it is."""
    answer, parts = whole.answer or (), list[Parsing]()
    stretches = sentences_of(replace(whole, words=()))
    if len(answer) != len(words_in(whole.text)) or not trees.flaw([word.head for word in answer]):
        return [whole]
    for k, (first, last) in enumerate(stretches, 1):
        start, end = answer[first].start, answer[last - 1].end
        if any(word.head and not first < word.head <= last for word in answer[first:last]):
            return [whole]
        heads = [word.head and word.head - first for word in answer[first:last]]
        if trees.flaw(heads):
            return [whole]
        moved = zip(answer[first:last], heads, strict=True)
        tree = tuple(replace(word, start=word.start - start, end=word.end - start, head=head) for word, head in moved)
        places = tuple((word.start, word.end) for word in tree)
        name, text = f"{whole.id}#{k}", whole.text[start:end]
        parts.append(replace(whole, text=text, words=places, others=None, answer=tree, id=name))
    return parts


def _formed(tree: tuple[Dependency, ...], others: Mapping[str, Any] | None) -> tuple[Dependency, ...]:
    """The tree with those words themselves that are one token in the text."""
    known = forms(others)
    return tuple(replace(word, form=known[k]) if k in known else word for k, word in enumerate(tree)) if known else tree


def _columns(row: Row, words: Words) -> tuple[Dependency, ...] | None:
    heads, relations = row.get("heads"), row.strings("relations")
    if heads is None or relations is None or all(head is None for head in heads):
        return None
    tags = tuple("" if tag == "_" else tag for tag in row.strings("tags") or ("_",) * len(words))
    if not len(words) == len(heads) == len(relations) == len(tags):
        raise row.refuse(f"{len(words)} words, {len(heads)} heads, {len(relations)} relations and {len(tags)} tags")
    parts = zip(words, heads, relations, tags, strict=True)
    return tuple(_dependency(row, *word, head, relation, tag) for word, head, relation, tag in parts)


def _dependency(row: Row, start: int, end: int, head: object, relation: str, tag: str) -> Dependency:
    match head:
        case int(number) if number >= 0:
            return Dependency(start, end, number, relation, tag)
        case str(digits) if digits.isdecimal():
            return Dependency(start, end, int(digits), relation, tag)
    raise row.refuse(f"a head is the number of a word from 1, or 0 for the root, but one is {head!r}; give every word one")


def _objects(row: Row, text: str, words: Words) -> tuple[Dependency, ...]:
    given = row.get("answer")
    if not isinstance(given, list | tuple):
        raise row.refuse(f"a tree must be a list of {{start, end, head, label, tag}}, but is {given!r}")
    if not given and (words or words_in(text)):
        raise row.refuse("a tree says something of every word, but here it is empty and the text is not")
    answer = tuple(_object(row, word) for word in given)
    places(row, text, given)
    return answer


def _object(row: Row, given: object) -> Dependency:
    match given:
        case {"start": int(start), "end": int(end), "head": int(head), "label": str(label), **rest}:
            return _dependency(row, start, end, head, label, str(rest.get("tag", "")))
    raise row.refuse(f"a word of a tree must be {{start, end, head, label, tag}} within the text, but is {given!r}")


def _write_arcs(record: DependencyParsing) -> tuple[Arc, ...]:
    return tuple((word.head, word.label, word.tag) for word in record.answer)


def _read_arcs(record: DependencyParsing, arcs: tuple[Arc, ...], labels: Labels) -> tuple[Dependency, ...]:
    tree = tuple(Dependency(start, end, *arc) for (start, end), arc in zip(words_of(record), arcs, strict=True))
    return _formed(tree, record.others)


def _read_lines(record: DependencyParsing, written: str, labels: Labels) -> tuple[Dependency, ...]:
    known = relations_and_tags(labels)
    return _formed(trees.read(record.text, words_of(record), sentences_of(record), written, *known), record.others)


arcs = Arcs[DependencyParsing](
    text=lambda record: record.text,
    words=words_of,
    sentences=sentences_of,
    write=_write_arcs,
    read=_read_arcs,
)
lines = Text[DependencyParsing](
    prompt=lambda record: Prompt(record.text, after="\nParsed:"),
    write=lambda record: trees.write(record.text, record.answer),
    read=_read_lines,
    names=arcs.names,
    separator="\n",
    max_new_tokens=512,
    form=lambda record, labels: TreeLines(record.text, words_of(record), sentences_of(record), *relations_and_tags(labels)),
)


def _example(*lines: str) -> DependencyParsing:
    words, tags, heads, relations = zip(*(line.split() for line in lines), strict=True)
    return DependencyParsing.from_row(Row({"words": words, "tags": tags, "heads": heads, "relations": relations}))


TASK = Task(
    name="dependency-parsing",
    record=DependencyParsing,
    encoder=arcs,
    decoder=lines,
    encoder_decoder=lines,
    metric=attachment,
    example=(
        _example("The DET 3 det", "old ADJ 3 amod", "boat NOUN 4 nsubj", "sank VERB 0 root", ". PUNCT 4 punct"),
        _example("She PRON 2 nsubj", "sings VERB 0 root", "well ADV 2 advmod", ". PUNCT 2 punct"),
        _example("Birds NOUN 2 nsubj", "fly VERB 0 root", "south ADV 2 advmod", "in ADP 5 case", "autumn NOUN 2 obl"),
        _example("Run VERB 0 root", "! PUNCT 1 punct"),
    ),
)
