"""Embedding: give each text a vector, so that texts that go together lie close: for search, similarity and clusters.

Record            `text` alone; or with its `pair`, how alike they are; or with the text that goes with it, and `negatives`; or a
                  query with the documents that were judged for it, beside the documents themselves
Encoder, decoder  the pooled text, of length 1; learns from numbers by their order (CoSENT), else from the other texts of the
                  same step, which do not go with it (InfoNCE)
Metric            Spearman and Pearson of cosines with numbers; else nDCG@10, MRR, MAP and recall of exact search, as trec_eval

The folder that `fit` makes is opened by `SentenceTransformer` too, for the same vectors; where `--dimensions` cuts them, asked to
`encode(texts, normalize_embeddings=True)`. A text longer than `--max-length` is read in windows here, of which the vector is the
mean; `SentenceTransformer` reads its beginning alone (as does `--lossy truncate`).

A folder that holds `corpus`, `queries` and `qrels` (BEIR), or a SMART collection (Cranfield), is data: `tasktune evaluate MODEL
cranfield/` searches it, `predict --out cranfield/mine.run` keeps what was found. What a run in the folder found and nobody judged
gives hard negatives to learn from.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Embed, Lesson, Side
from tasktune.metrics.similarity import similarity

_NEGATIVE = re.compile(r"negative_?\d+")
_MINED = 4  # hard negatives of a query, of those that a run found
Judged = tuple[tuple[str, int], ...]
"""Documents and their grades; 1 and more is relevant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding(Record):
    """A text, and what is known of texts that go with it, or do not.

    The answer is a number (how alike `text` and `pair` are), a text (which goes with this one), or documents and their grades,
    where this is a query. A document has no such, `()`. `passages` are texts of judged documents, to learn from.
    `side` says what a text is where its answer does not: a query or a document, for models that read the two differently.
    """

    text: str
    pair: str = ""
    negatives: tuple[str, ...] = ()
    passages: tuple[tuple[str, str], ...] = ()
    side: Side = ""
    aliases: ClassVar = {
        "text": ("anchor", "query", "question", "sentence", "sentence1", "sentence_A"),
        "pair": ("text_pair", "sentence2", "sentence_B"),
        "negatives": ("negative", "hard_negatives"),
        "answer": ("positive", "score", "similarity", "relatedness_score", "label"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. Raises `InputError` where its answer is of no kind that there is."""
        pair = row.optional("pair") or ""
        side = row.optional("side") or ""
        if side not in _SIDES:
            raise row.refuse(f"'side' must be query or document, but is {side!r}")
        return cls(
            text=row.string("text"),
            pair=pair,
            negatives=_negatives(row),
            passages=_passages(row),
            side=_SIDES[side],
            answer=_answer(row, pair),
            id=row.id,
        )


_SIDES: dict[str, Side] = {"": "", "query": "query", "document": "document"}


def _negatives(row: Row) -> tuple[str, ...]:
    """The texts under `negatives`, a list or a text, and in columns of their own (`negative_1`, `negative_2` …)."""
    given = row.get("negatives")
    several = (given,) * bool(given) if isinstance(given, str) else row.strings("negatives") or ()
    columns = [name for name in row.values if _NEGATIVE.fullmatch(name)]
    return (*several, *(text for name in columns if (text := row.optional(name))))


def _passages(row: Row) -> tuple[tuple[str, str], ...]:
    """The judged passages, and the first of those that a search found besides, which are taken not to be relevant."""
    given = row.get("passages") or ()
    judged = dict(given.items() if isinstance(given, Mapping) else given)
    others = [(name, text) for name, text in (row.get("candidates") or {}).items() if name not in judged]
    return tuple((str(name), text) for name, text in (*judged.items(), *others[:_MINED]))


def _answer(row: Row, pair: str) -> float | str | Judged | None:
    given = row.get("answer")
    match given:
        case None | "":
            return None
        case str() if not pair:
            return given
        case Mapping():
            return tuple((str(name), _grade(row, grade)) for name, grade in given.items())
        case [*parts]:
            return tuple((str(name), _grade(row, grade)) for name, grade in (_two(row, part) for part in parts))
    if not pair:
        raise row.refuse(
            f"'answer' must be a number beside a 'pair', else a text that goes with this one, or documents and their grades, "
            f"{{id: grade}}; but there is {given!r:.80} and no pair"
        )
    return row.number("answer")


def _two(row: Row, part: Any) -> tuple[Any, Any]:
    if isinstance(part, list | tuple) and len(part) == 2:
        return part[0], part[1]
    raise row.refuse(f"a judgment must be a document's id and its grade, but is {part!r}")


def _grade(row: Row, given: Any) -> int:
    if isinstance(given, int):
        return given
    raise row.refuse(f"a grade must be a whole number, but is {given!r}")


def _texts(record: Embedding) -> tuple[tuple[Side, str], ...]:
    """What is embedded: the text, and what it is compared with, if anything."""
    match record.answer:
        case str(positive):
            return (("query", record.text), *_documents(positive, *record.negatives))
        case ():
            return (("document", record.text),)
        case tuple():
            return (("query", record.text),)
    if record.pair:  # neither of two that are compared is the query
        return (("query", record.text), ("query", record.pair))
    return ((record.side, record.text),)


def _documents(*texts: str) -> Iterable[tuple[Literal["document"], str]]:
    return (("document", text) for text in texts)


def _lessons(record: Embedding) -> Iterable[Lesson]:
    """What there is to learn from: of a query, each relevant passage at hand, against the judged ones that are not."""
    match record.answer:
        case str():
            yield _texts(record), math.nan
        case tuple(judged):
            grades = dict(judged)
            others = [text for name, text in record.passages if grades.get(name, 0) <= 0]
            for name, text in record.passages:
                if grades.get(name, 0) > 0:
                    yield (("query", record.text), *_documents(text, *others)), math.nan
        case number:
            yield _texts(record), number


vector = Embed[Embedding](texts=_texts, lessons=_lessons)

TASK = Task(
    name="embedding",
    record=Embedding,
    encoder=vector,
    decoder=vector,
    encoder_decoder=None,
    metric=similarity,
    example=(
        Embedding(text="A man is playing a flute.", pair="A man plays the flute.", answer=1.0),
        Embedding(text="A woman is slicing an onion.", pair="A man is riding a horse.", answer=0.0),
        Embedding(text="Children play in the park.", pair="Two children are outdoors.", answer=0.75),
        Embedding(text="The dog sleeps.", pair="A cat sleeps.", answer=0.25),
    ),
)
