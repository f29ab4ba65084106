"""Opinion triplets: find what is spoken of, what is said of it, and whether that is good or bad (ASTE).

Record            `text`, its `words` where the data has them; the answer is links from aspects to opinions, each with a polarity
Encoder           one BIO tag a word, and biaffine links between the spans found
Decoder, enc-dec  one `polarity: aspect | opinion` line a triplet, both found again in the text
Metric            F1 over exact triplets, and of pairs, aspects and opinions
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.answers import Link, Linked, Span, Words
from tasktune.core import Record, Row, Task
from tasktune.framings import Labels, Links, Prompt, Text
from tasktune.metrics.links import triplet_f1
from tasktune.notations import link_lines, opinions
from tasktune.notations.link_form import LinkLines
from tasktune.notations.linked import ordered
from tasktune.notations.opinions import ASPECT, ENDS, OPINION
from tasktune.notations.tokens import text_and_words, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionTriplets(Record):
    """A text, the places of its words, and the opinions in it, in the order of their aspects."""

    text: str
    words: Words = ()
    aliases: ClassVar = {
        "text": ("sentence", "review"),
        "words": ("tokens",),
        "answer": ("triplets", "triples"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: a text, and links {source, target, label} from aspects to opinions."""
        text, words = text_and_words(row)
        answer = opinions.given(row, text)
        if any(isinstance(part, Span) or not (part.source and part.target) for part in answer or ()):
            raise row.refuse(
                "a triplet is an aspect and an opinion, both places in the text; of one here, an end is nowhere or not linked. "
                "Opinions without them are found by opinion-quadruples"
            )
        return cls(text=text, words=words, answer=answer, id=row.id)


def _read_lines(record: OpinionTriplets, written: str, labels: Labels) -> Linked:
    found = link_lines.read(record.text, written, labels, ENDS)
    return tuple(link for link in found if link.source and link.target)


links = Links[OpinionTriplets](
    text=lambda record: record.text,
    words=words_of,
    write=opinions.write,
    read=opinions.read,
    joins=lambda source, target: (source, target) == ENDS,
    lost=opinions.lost,
)
lines = Text[OpinionTriplets](
    prompt=lambda record: Prompt(record.text, after="\nOpinions:"),
    write=lambda record: link_lines.write(record.text, record.answer),
    read=_read_lines,
    names=lambda record: (link.label for link in record.answer),
    separator="\n",
    max_new_tokens=128,
    form=lambda record, labels: LinkLines(record.text, labels, implicit=False),
)


def _example(text: str, *triplets: tuple[str, str, str]) -> OpinionTriplets:
    def span(surface: str, kind: str) -> Span:
        start = text.index(surface)
        return Span(start, start + len(surface), kind)

    return OpinionTriplets(text=text, answer=ordered(Link(span(a, ASPECT), span(o, OPINION), label) for label, a, o in triplets))


TASK = Task(
    name="opinion-triplets",
    record=OpinionTriplets,
    encoder=links,
    decoder=lines,
    encoder_decoder=lines,
    metric=triplet_f1,
    example=(
        _example("The soup was cold but the waiter was kind.", ("NEG", "soup", "cold"), ("POS", "waiter", "kind")),
        _example("Lovely bread and butter.", ("POS", "bread", "Lovely"), ("POS", "butter", "Lovely")),
        _example("The room is small, loud and dear.", *(("NEG", "room", word) for word in ("small", "loud", "dear"))),
        _example("We went on Monday."),
    ),
)
