"""Aspect polarity: say whether a text speaks well or badly of a given aspect of it.

Record            `text` and `aspect`, words of the text (at `place`, where it is known) or a category; the answer is the polarity
Encoder           one label for the text, the aspect marked in it, beside the aspect
Decoder, enc-dec  the polarity's name, chosen by comparing log p of all names
Metric            accuracy, macro-F1, MCC
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.answers import Span
from tasktune.core import Record, Row, Task
from tasktune.framings import Label, Place, Prompt, Text
from tasktune.metrics.labels import single_label
from tasktune.notations.lines import Finder
from tasktune.notations.marked import marked
from tasktune.notations.tokens import span_of

_MARK = "$T$"


@dataclass(frozen=True, slots=True, kw_only=True)
class AspectPolarity(Record):
    """A text, an aspect of it, where in the text that stands (start, end; `None` where not known), and its polarity."""

    text: str
    aspect: str
    place: Place = None
    aliases: ClassVar = {
        "text": ("sentence", "review", "content"),
        "aspect": ("term", "aspect_term", "target", "category", "aspect_category"),
        "place": ("span",),
        "answer": ("polarity", "sentiment", "label"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds.

        Without a `place`, `$T$` in the text stands for the aspect, and where it first does is the place.
        """
        text, place = row.string("text"), None
        if row.get("place") is not None:
            aspect, place = _at_place(row, text)
        else:
            aspect = row.string("aspect")
            if _MARK in text:
                place = text.index(_MARK), text.index(_MARK) + len(aspect)
                text = text.replace(_MARK, aspect)
        return cls(text=text, aspect=aspect, place=place, answer=row.name("answer"), id=row.id)


def _at_place(row: Row, text: str) -> tuple[str, Place]:
    """What stands at the place that a row gives. Raises `InputError` where that is not the aspect that it names."""
    given = row.get("place")
    span = span_of(row, text, [*given, ""] if isinstance(given, list | tuple) else given)
    surface, named = text[span.start : span.end], row.optional("aspect")
    if named not in (None, surface):
        raise row.refuse(f"'aspect' is {named!r}, but at {given!r} stands {surface!r}. Correct one of them.")
    return surface, (span.start, span.end)


def _marked(record: AspectPolarity) -> str:
    """The text with the aspect marked, where it stands in it."""
    places = [record.place] if record.place else Finder(record.text).occurrences(record.aspect)[:1]
    return marked(record.text, [Span(*place, "") for place in places])


words = Text[AspectPolarity](
    prompt=lambda record: Prompt(_marked(record), after=f"\nOpinion of {record.aspect}:"),
    names=lambda record: (record.answer,),
    closed=True,
)


def _example(text: str, aspect: str, answer: str) -> AspectPolarity:
    return AspectPolarity.from_row(Row({"text": text, "aspect": aspect, "answer": answer}))


# The aspect beside the text is the pair of BERT-SPC (Song et al. 2019), and serves categories too. The mark tells which mention
# is meant where there are several, as the markers of relations do (Zhou & Chen 2022).
label = Label[AspectPolarity](texts=lambda record: (_marked(record), record.aspect))

TASK = Task(
    name="aspect-polarity",
    record=AspectPolarity,
    encoder=label,
    decoder=words,
    encoder_decoder=words,
    metric=single_label,
    example=(
        _example("The $T$ was cold but the waiter could not have been kinder.", "soup", "negative"),
        _example("The soup was cold but the $T$ could not have been kinder.", "waiter", "positive"),
        _example("We sat at a $T$ by the door.", "table", "neutral"),
        _example("Everything came late, and nobody said why.", "service", "negative"),
    ),
)
