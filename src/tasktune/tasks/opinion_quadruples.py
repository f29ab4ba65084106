"""Opinion quadruples: find what is spoken of, of which category it is, what is said of it, and how it is meant (ACOS).

Record            `text`, its `words` where the data has them; the answer is links from aspects to opinions, each labelled with
                  category and sentiment, as in `FOOD#QUALITY positive`; an aspect or opinion that is implicit is nowhere
Encoder           one BIO tag a word, and biaffine links between the spans found, and nowhere
Decoder, enc-dec  one `category sentiment: aspect | opinion` line a quadruple, found again in the text; `-` is nowhere
Metric            F1 over exact quadruples, and by which of aspect and opinion are implicit
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.answers import Link, Linked, Span, Words
from tasktune.core import Record, Row, Task
from tasktune.framings import Labels, Links, Prompt, Text
from tasktune.metrics.links import quadruple_f1
from tasktune.notations import link_lines, opinions
from tasktune.notations.link_form import LinkLines
from tasktune.notations.linked import ordered
from tasktune.notations.opinions import ASPECT, ENDS, OPINION
from tasktune.notations.tokens import text_and_words, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionQuadruples(Record):
    """A text, the places of its words, and the opinions in it, in the order of their aspects."""

    text: str
    words: Words = ()
    aliases: ClassVar = {
        "text": ("sentence", "review"),
        "words": ("tokens",),
        "answer": ("quadruples", "quads"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: a text, and links {source, target, label} from aspects to opinions."""
        text, words = text_and_words(row)
        return cls(text=text, words=words, answer=opinions.given(row, text), id=row.id)


def _read_lines(record: OpinionQuadruples, written: str, labels: Labels) -> Linked:
    return link_lines.read(record.text, written, labels, ENDS)


links = Links[OpinionQuadruples](
    text=lambda record: record.text,
    words=words_of,
    write=opinions.write,
    read=opinions.read,
    joins=lambda source, target: source in (ASPECT, "") and target in (OPINION, ""),
    lost=opinions.lost,
)
lines = Text[OpinionQuadruples](
    prompt=lambda record: Prompt(record.text, after="\nOpinions:"),
    write=lambda record: link_lines.write(record.text, record.answer),
    read=_read_lines,
    names=lambda record: (link.label for link in record.answer),
    separator="\n",
    max_new_tokens=128,
    form=lambda record, labels: LinkLines(record.text, labels, implicit=True),
)


def _example(text: str, *quadruples: tuple[str, str, str]) -> OpinionQuadruples:
    def span(surface: str, kind: str) -> Span | None:
        start = text.index(surface)
        return Span(start, start + len(surface), kind) if surface else None

    return OpinionQuadruples(
        text=text, answer=ordered(Link(span(a, ASPECT), span(o, OPINION), label) for label, a, o in quadruples)
    )


TASK = Task(
    name="opinion-quadruples",
    record=OpinionQuadruples,
    encoder=links,
    decoder=lines,
    encoder_decoder=lines,
    metric=quadruple_f1,
    example=(
        _example("The soup was cold but we will be back.", ("FOOD negative", "soup", "cold"), ("PLACE positive", "", "")),
        _example("Lovely, and not dear.", ("PLACE positive", "", "Lovely"), ("PRICE positive", "", "not dear")),
        _example("The waiter never came.", ("SERVICE negative", "waiter", "")),
        _example("We went on Monday."),
    ),
)
