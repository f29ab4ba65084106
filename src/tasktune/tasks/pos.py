"""Part-of-speech tagging: say of every word of a text what kind of word it is.

Record            `text` and its `words`; the answer is one tag a word
Encoder           one tag a word
Decoder, enc-dec  `word/TAG` for each word
Metric            accuracy over words
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar, Self

from tasktune.answers import Words, WordTag
from tasktune.core import Record, Row, Task
from tasktune.framings import Labels, Prompt, Tags, Text
from tasktune.metrics.spans import tagging_accuracy
from tasktune.notations import tagged
from tasktune.notations.closed_forms import TaggedWords
from tasktune.notations.columns import kept
from tasktune.notations.tokens import spans_of, tags_of, text_and_words, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class POS(Record):
    """A text, the places of its words, and a tag for each. `others` is what else CoNLL-U says of them."""

    text: str
    words: Words = ()
    others: Mapping[str, Any] | None = field(default=None, hash=False)
    aliases: ClassVar = {
        "text": ("sentence",),
        "words": ("tokens", "form", "sentences"),
        "tags": ("upos", "pos", "pos_tags", "xpos"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: words with tags, as CoNLL and CoNLL-U have them, or JSON with word-tag objects."""
        text, words = text_and_words(row)
        answer = tags_of(row, text, words)
        if answer is None:
            answer = _objects(row, text)
        if answer is not None:
            words = tuple((tag.start, tag.end) for tag in answer)
        return cls(text=text, words=words, others=kept(row, words), answer=answer, id=row.id)


def _objects(row: Row, text: str) -> tuple[WordTag, ...] | None:
    spans = spans_of(row, text)
    if spans is None:
        return None
    for one, other in pairwise(spans):
        if other.start < one.end:
            raise row.refuse(f"words must not overlap, but {one} and {other} do")
    return tuple(WordTag(span.start, span.end, span.label) for span in spans)


def _read_tags(record: POS, tags: tuple[str, ...], labels: Labels) -> tuple[WordTag, ...]:
    return tuple(WordTag(*word, tag) for word, tag in zip(words_of(record), tags, strict=True))


def _read_words(record: POS, written: str, labels: Labels) -> tuple[WordTag, ...]:
    return tagged.read(record.text, words_of(record), written, labels)


tags = Tags[POS](
    text=lambda record: record.text,
    words=words_of,
    write=lambda record: tuple(tag.label for tag in record.answer),
    read=_read_tags,
)
tagged_words = Text[POS](
    prompt=lambda record: Prompt(record.text, after="\nTagged:"),
    write=lambda record: tagged.write(record.text, record.answer),
    read=_read_words,
    names=lambda record: (tag.label for tag in record.answer),
    max_new_tokens=256,
    form=lambda record, labels: TaggedWords(record.text, words_of(record), labels),
)


def _example(words_and_tags: str) -> POS:
    pairs = [pair.rpartition("/") for pair in words_and_tags.split()]
    row = Row({"words": [word for word, _, _ in pairs], "tags": [tag for _, _, tag in pairs]})
    return POS.from_row(row)


TASK = Task(
    name="pos",
    record=POS,
    encoder=tags,
    decoder=tagged_words,
    encoder_decoder=tagged_words,
    metric=tagging_accuracy,
    example=(
        _example("The/DET old/ADJ boat/NOUN sank/VERB ./PUNCT"),
        _example("She/PRON sings/VERB well/ADV ./PUNCT"),
        _example("Birds/NOUN fly/VERB south/ADV in/ADP autumn/NOUN"),
        _example("Run/VERB !/PUNCT"),
    ),
)
