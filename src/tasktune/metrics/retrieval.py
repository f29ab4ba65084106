"""Scores of rankings, as trec_eval (version 9) counts them, one query at a time.

A document of grade 1 or more is relevant; one without a judgment is not. Documents of the same score (in single precision) stand
in the order of their ids, last first, as trec_eval has them. nDCG has the grade as gain and log2(rank + 1) as discount (Järvelin
& Kekäläinen 2002). A query of which nothing is relevant scores 0. Intervals are over queries: a query is drawn or not, with all
of its documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio

DEPTH = 1000
"""Documents of a ranking that are looked at, as in TREC's runs."""


def ranked(scores: Mapping[str, float]) -> list[str]:
    """Documents from best to worst."""
    import numpy as np

    ids = sorted(scores, reverse=True)
    order = np.argsort(-np.array([scores[each] for each in ids], dtype=np.float32), kind="stable")
    return [ids[k] for k in order]


def measured(judged: Mapping[str, int], ranking: Sequence[str]) -> dict[str, float]:
    """The figures of one query: `judged` documents and their grades, and the documents found, best first."""
    import numpy as np

    gains = np.array([max(0, judged.get(found, 0)) for found in ranking[:DEPTH]], dtype=float)
    ideal = np.sort([float(grade) for grade in judged.values() if grade > 0])[::-1]
    relevant, all_relevant = gains > 0, max(1, len(ideal))
    found, ranks = np.cumsum(relevant), np.arange(1, len(gains) + 1)
    first = int(np.argmax(relevant)) + 1 if relevant.any() else np.inf
    return {
        "ndcg@10": _discounted(gains[:10]) / (_discounted(ideal[:10]) or 1.0),
        "ndcg": _discounted(gains) / (_discounted(ideal) or 1.0),
        "map": float((found / ranks)[relevant].sum()) / all_relevant,
        "mrr": 1.0 / first,
        **{f"p@{k}": float(relevant[:k].sum()) / k for k in (1, 5)},
        **{f"recall@{k}": float(relevant[:k].sum()) / all_relevant for k in (10, 20, 100)},
    }


def _discounted(gains: Any) -> float:
    import numpy as np

    return float((gains / np.log2(np.arange(2, len(gains) + 2))).sum())


def averaged(queries: Sequence[Mapping[str, float]], times: Any) -> dict[str, Any]:
    """The means of the figures of queries, of which each replicate drew each so often: `times` (replicates, queries)."""
    import numpy as np

    weights = times.astype(float)
    return {name: ratio(weights @ np.array([each[name] for each in queries]), weights.sum(1)) for name in queries[0]}


def _count(record: Any, answer: float | None) -> Counts:
    return {
        "query": record.company,
        "passage": record.id or record.passage,
        "grade": record.answer,
        "answer": answer,
    }


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    by_query: defaultdict[str, list[int]] = defaultdict(list)
    for k, query in enumerate(sums["query"]):
        by_query[query].append(k)
    queries = []
    for places in by_query.values():
        judged = {sums["passage"][k]: sums["grade"][k] for k in places}
        scores = {sums["passage"][k]: sums["answer"][k] for k in places if sums["answer"][k] is not None}
        queries.append(measured(judged, ranked(scores)))
    if not queries:
        return dict.fromkeys(measured({}, ()), float("nan"))
    return averaged(queries, sums["times"][:, [places[0] for places in by_query.values()]])


rankings: Metric[Any] = Metric("rankings", "ndcg@10", _count, _score, kept=("query", "passage", "grade", "answer"))
"""A relevance a passage: ndcg@10, ndcg, map, mrr, p@k and recall@k over the passages of each query."""
