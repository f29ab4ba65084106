"""Pre-training as BERT's: words under masks, and whether the second of two texts follows the first.

Record            `text` and `pair`; the answer is `next` or `random`. A row with a text alone is a document, of whose sentences
                  pairs are made; half of them do not follow each other
Encoder           words of both texts under masks by chance, and the relation; BERT and its kin, which have a layer for it
Decoder, enc-dec  cannot
Metric            perplexity and accuracy of masked tokens, accuracy of the relation

BERT's second texts that do not follow are of other documents, which their topic gives away (Lan et al. 2020, section 3.1). Here
they are from elsewhere in the same document or, where it has but two parts, the two are exchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import ClassVar, Final, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import FOLLOWS, MaskedPair
from tasktune.metrics.likelihood import masked_pairs
from tasktune.notations.sentences import sentences
from tasktune.notations.words import words

_WORDS: Final = 60
"""Words of a text of a pair, about: both and their masks are well within 256 tokens, as most of BERT's were within 128."""

_NEXT, _RANDOM = FOLLOWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretraining(Record):
    """Two texts, and whether the second follows the first."""

    text: str
    pair: str = ""
    aliases: ClassVar = {
        "text": ("sentence", "content", "document", "sentence1"),
        "pair": ("sentence2", "next_sentence"),
        "answer": ("label",),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The pair that a row holds."""
        answer = row.name("answer") if row.get("pair") is not None or row.get("answer") in FOLLOWS else None
        if answer not in (None, *FOLLOWS):
            raise row.refuse(f"'answer' must be one of {', '.join(FOLLOWS)}, but is {answer!r}")
        return cls(text=row.string("text"), pair=row.optional("pair") or "", answer=answer, id=row.id)

    @classmethod
    def several(cls, row: Row) -> Iterable[Self]:
        """The pair that a row holds, or those that its document makes; a document of one sentence is a pair without an answer."""
        whole = cls.from_row(row)
        if row.get("pair") is not None or whole.answer is not None:
            return [whole]
        made = _pairs(_parts(whole.text), Random(whole.text))
        return [cls(text=a, pair=b, answer=answer, id=f"{row.id}#{k}") for k, (a, b, answer) in enumerate(made, 1)] or [whole]


def _parts(text: str) -> list[str]:
    """A document in stretches of whole sentences of about `_WORDS` words, two at least where it has two sentences."""
    places, parts, used = sentences(text), list[tuple[int, int]](), _WORDS
    for start, end in places:
        if used >= _WORDS:
            parts, used = [*parts, (start, end)], 0
        parts[-1] = (parts[-1][0], end)
        used += len(words(text[start:end]))
    if len(parts) == 1:
        half = (len(places) + 1) // 2
        parts = [(some[0][0], some[-1][1]) for some in (places[:half], places[half:]) if some]
    return [text[start:end] for start, end in parts]


def _pairs(parts: list[str], chance: Random) -> Iterator[tuple[str, str, str]]:
    """Pairs of the parts of a document, each part the first of one or the second of one that follows."""
    k = 0
    while k + 1 < len(parts):
        if chance.random() < 0.5:
            yield parts[k], parts[k + 1], _NEXT
            k += 2
            continue
        first, second = k + 1, k
        if len(parts) > 2:
            elsewhere = chance.randrange(len(parts) - 2)  # as if the two were not there
            first, second = k, elsewhere + 2 * (elsewhere >= k)
        yield parts[first], parts[second], _RANDOM
        k += 1


TASK = Task(
    name="pretraining",
    record=Pretraining,
    encoder=MaskedPair[Pretraining](
        texts=lambda record: (record.text, record.pair), words=lambda record: (words(record.text), words(record.pair))
    ),
    decoder=None,
    encoder_decoder=None,
    metric=masked_pairs,
    example=(
        Pretraining(text="The ferry left the town at nine.", pair="It came back before dark.", answer=_NEXT),
        Pretraining(text="The ferry left the town at nine.", pair="Two eggs and a cup of flour will do.", answer=_RANDOM),
        Pretraining(text="Heavy rain fell all night.", pair="In the morning the road was gone.", answer=_NEXT),
        Pretraining(text="In the morning the road was gone.", pair="Heavy rain fell all night.", answer=_RANDOM),
    ),
)
