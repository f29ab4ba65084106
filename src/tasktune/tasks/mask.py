"""Masked language modelling: foretell the words under masks, and so learn a language or the texts of a domain.

Record            `text`; its masks are `[MASK]` or `<mask>`, whatever the model's own, and the answer is a word for each. Of raw
                  text, without masks, some words are masked by chance and learnt: whole ones, its `words` where the data has them
Encoder           the words under the masks
Decoder, enc-dec  cannot; they learn raw text as `generation`
Metric            perplexity and accuracy of masked tokens

Tuned on the texts of a domain, the saved model is one to begin other tasks from: `tasktune fit ner --model ADAPTED …`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.answers import Words
from tasktune.core import Record, Row, Task
from tasktune.framings import Mask
from tasktune.metrics.likelihood import masked_tokens
from tasktune.notations.tokens import text_and_words, words_of

_MASK = re.compile(r"\[MASK\]|<mask>|<\|mask\|>")


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedText(Record):
    """A text, the places of its words where the data has them, and the words under its masks."""

    text: str
    words: Words = ()
    aliases: ClassVar = {
        "text": ("sentence", "content", "document", "abstract"),
        "words": ("tokens",),
        "answer": ("target", "obj_label"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: raw text, or a text with masks and, where they are known, the words under them."""
        text, words = text_and_words(row)
        return cls(text=text, words=words, answer=_answer(row, len(_MASK.findall(text))), id=row.id)


def _answer(row: Row, masks: int) -> tuple[str, ...] | None:
    """The words under the masks of a text; none where it has no masks, and so keeps nothing back."""
    if not masks:
        return ()
    given = row.get("answer")
    words = (given,) if isinstance(given, str) else row.strings("answer")
    if words is not None and len(words) != masks:
        raise row.refuse(f"the text has {masks} masks, but the answer is {len(words)} words; each mask has one")
    return words


def _masks(record: MaskedText) -> Words:
    return tuple(match.span() for match in _MASK.finditer(record.text))


TASK = Task(
    name="mask",
    record=MaskedText,
    encoder=Mask[MaskedText](text=lambda record: record.text, masks=_masks, words=words_of),
    decoder=None,
    encoder_decoder=None,
    metric=masked_tokens,
    example=(
        MaskedText(text="The crew of [MASK] ship slept.", answer=("the",)),
        MaskedText(text="Rain fell on [MASK] sea [MASK] the town.", answer=("the", "and")),
        MaskedText(text="The crew of the ferry waited on the pier for the fog to lift.", answer=()),
        MaskedText(text="No boat left the town before noon.", answer=()),
    ),
)
