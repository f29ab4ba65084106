"""What a model finds for each query of a collection, as TREC's runs have it: by vectors, or by the grades of a reranker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from tasktune.core import InputError
from tasktune.metrics.retrieval import DEPTH
from tasktune.metrics.similarity import best, unit
from tasktune.models.prediction import Prediction


def found(answers: Iterable[Prediction]) -> Iterator[dict[str, Any]]:
    """The documents found for each query, `query_id`, `id` and `answer` (the score), at most a thousand a query.

    Of vectors, those of documents are held in memory: every query is compared with every one of them, by their cosine. What the
    policy dropped is not found. Raises `InputError` where answers are neither vectors nor numbers, or there is nothing to search.
    """
    documents: dict[str, Any] = {}
    queries: dict[str, Any] = {}
    for answer in answers:
        said: Any = answer.answer
        match said:
            case None:
                continue
            case float():
                given = answer.record
                yield {"query_id": getattr(given, "query_id", ""), "id": given.id, "answer": said}
            case (float(), *_) as vector:
                side = documents if answer.record.answer == () else queries
                side[answer.record.id] = unit(np.array(vector, dtype=np.float32))
            case _:
                raise InputError("a run is made of vectors (embedding) or of grades (reranking), and this model gives neither")
    if queries or documents:
        yield from _nearest(documents, queries)


def _nearest(documents: dict[str, Any], queries: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not documents or not queries:
        raise InputError(
            f"here are {len(documents)} documents and {len(queries)} queries; a run takes a collection, a folder that has both"
        )
    names = sorted(documents, reverse=True)
    table = np.stack([documents[name] for name in names])
    for query, vector in queries.items():
        scores = table @ vector
        for place in best(scores, DEPTH):
            yield {"query_id": query, "id": names[place], "answer": float(scores[place])}
