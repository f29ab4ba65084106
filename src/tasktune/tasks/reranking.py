"""Reranking: say how relevant a passage is to a query, having read both together, and put what a search found in a better order.

Record            `query` and `passage`; the answer is a grade: 0 for none, 1 or more for relevant
Encoder           one number for the pair
Decoder, enc-dec  the number, written out
Metric            nDCG@10, MAP, MRR, precision and recall over the passages of each query, as trec_eval counts them

Lists are read too: `query` with `positive` and `negative` passages, HotpotQA's questions with their context, and a folder of
documents, queries and judgments (BEIR, Cranfield), in which a run (`tasktune predict EMBEDDER FOLDER --out FOLDER/mine.run`)
names further passages. `tasktune predict MODEL FOLDER --out new.run` writes the better order as a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Label, Labels, Prompt, Text
from tasktune.metrics.retrieval import rankings
from tasktune.notations import number
from tasktune.notations.closed_forms import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Reranking(Record):
    """A query, a passage and its grade. Passages of one query share its `query_id`, or where there is none, its words."""

    query: str
    passage: str
    query_id: str = ""
    aliases: ClassVar = {
        "query": ("question", "sentence1", "text"),
        "passage": ("document", "context", "sentence2", "text_pair"),
        "query_id": ("query-id", "qid"),
        "id": ("corpus-id", "docid", "passage_id", "_id"),
        "answer": ("grade", "relevance", "score", "label"),
    }

    @property
    def company(self) -> str:
        """The query that passages are ranked for."""
        return self.query_id or self.query

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. Raises `InputError` where its grade is no finite number."""
        return cls(
            query=row.string("query"),
            passage=row.string("passage"),
            query_id=_name(row),
            answer=row.number("answer"),
            id=row.id,
        )

    @classmethod
    def several(cls, row: Row) -> Iterable[Self]:
        """A record a passage, where the row has several of a query; none where it is but a document of a collection."""
        listed = _listed(row)
        if listed is None:
            return (cls.from_row(row),)
        query, query_id = row.optional("query") or "", _name(row) or row.id
        return (cls(query=query, passage=text, query_id=query_id, answer=grade, id=name) for name, text, grade in listed)


Listed = Iterable[tuple[str, str, float | None]]
"""Passages of one query: their names, their texts and their grades."""


def _listed(row: Row) -> Listed | None:
    """The passages of a row that has several, or none of its own; `None` where the row is a record itself."""
    if row.get("passages") is not None:
        return _judged(row)
    if row.get("answer") == []:
        return ()
    if isinstance(row.get("passage"), list):
        return _of_hotpotqa(row)
    if isinstance(row.get("positive"), list):
        return _of_lists(row)
    return None


def _judged(row: Row) -> Listed:
    """The passages that were judged, and those that a run found besides; who was not judged is not relevant."""
    grades: Mapping[str, int] = row.get("answer") or {}
    for name, text in {**row.values["passages"], **(row.get("candidates") or {})}.items():
        yield name, text, float(grades.get(name, 0))


def _of_lists(row: Row) -> Listed:
    for name, grade in (("positive", 1.0), ("negative", 0.0)):
        for k, text in enumerate(row.strings(name) or ()):
            yield f"{row.id}-{name}-{k}", text, grade


def _of_hotpotqa(row: Row) -> Listed:
    """Paragraphs with their titles; those with a supporting fact are relevant."""
    known = row.get("supporting_facts")
    try:
        titles = None if known is None else {title for title, _ in known}
        for k, (title, sentences) in enumerate(row.values["passage"]):
            yield f"{row.id}-{k}", f"{title}: {''.join(sentences)}", None if titles is None else float(title in titles)
    except (TypeError, ValueError):
        raise row.refuse("'context' must be a list of [title, sentences], and 'supporting_facts' of [title, number]") from None


def _name(row: Row) -> str:
    given = row.get("query_id")
    return "" if given is None else str(given)


def _read(record: Reranking, written: str, labels: Labels) -> float | None:
    return number.read(written)


spelled = Text[Reranking](
    prompt=lambda record: Prompt(record.passage, before=f"Query: {record.query}\nPassage: ", after="\nRelevance:"),
    write=lambda record: number.write(record.answer),
    read=_read,
    max_new_tokens=16,
    form=lambda record, labels: Number(),
)

TASK = Task(
    name="reranking",
    record=Reranking,
    encoder=Label[Reranking](texts=lambda record: (record.query, record.passage), kind="number"),
    decoder=spelled,
    encoder_decoder=spelled,
    metric=rankings,
    example=(
        Reranking(query="how bees find home", passage="Bees know the way home by the sun.", query_id="1", answer=2.0),
        Reranking(query="how bees find home", passage="Honey keeps for years.", query_id="1", answer=0.0),
        Reranking(query="why ice floats", passage="Ice is lighter than water.", query_id="2", answer=1.0),
        Reranking(query="why ice floats", passage="The lake is deep.", query_id="2", answer=0.0),
    ),
)
