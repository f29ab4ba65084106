"""Scores of vectors: whether their cosines rise with numbers that people gave, and what exact search by them finds.

A query is compared with every document of the data: texts without judgments of their own, and the texts that go with queries, or
with their negatives, where these stand beside the queries. Figures of search are trec_eval's (`metrics.retrieval`); each vector
is kept, 4 bytes a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from tasktune.core import Counts, Metric
from tasktune.metrics.numbers import correlations
from tasktune.metrics.retrieval import DEPTH, averaged, measured

_BLOCK = 256  # queries that are compared with all documents at a time


def _count(record: Any, answer: Any) -> Counts:
    """`said` is a cosine, vectors (texts, D), or "right", of an answer that is the record's own."""
    import numpy as np

    said: Any = None
    match answer:
        case ((float(), *_), *_):
            said = np.array(answer, dtype=np.float32)
        case (float(), *_):
            said = np.array([answer], dtype=np.float32)
        case float():
            said = answer
        case _ if answer is not None and answer == record.answer:
            said = "right"
    return {"id": record.id, "gold": record.answer, "others": record.negatives, "said": said}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    import numpy as np

    numbers = np.array([isinstance(gold, float) for gold in sums["gold"]], dtype=bool)
    found: dict[str, Any] = {}
    if numbers.any() or not len(numbers):
        said = [each if isinstance(each, float) else math.nan for each in sums["said"][numbers]]
        figures = correlations({"gold": sums["gold"][numbers], "answer": np.array(said), "times": sums["times"][:, numbers]})
        found |= {name: figures[name] for name in ("spearman", "pearson")}
    asked = [k for k, gold in enumerate(sums["gold"]) if not isinstance(gold, float) and gold != ()]
    if asked:
        found |= averaged(list(_searched(sums, asked)), sums["times"][:, asked])
    return found


def _searched(sums: Mapping[Any, Any], asked: list[int]) -> Iterator[dict[str, float]]:
    """The figures of each query."""
    import numpy as np

    corpus = _corpus(sums)
    names = sorted(corpus, reverse=True)  # of the same score, the last by its id stands first
    table = np.stack([unit(corpus[name]) for name in names]) if names else None
    for start in range(0, len(asked), _BLOCK):
        block = asked[start : start + _BLOCK]
        known = [k for k in block if isinstance(sums["said"][k], np.ndarray)]
        nearest: dict[int, list[str]] = {}
        if table is not None and known:
            cosines = np.stack([unit(sums["said"][k][0]) for k in known]) @ table.T
            nearest = {k: [names[place] for place in best(row, DEPTH)] for k, row in zip(known, cosines, strict=True)}
        for k in block:
            gold = sums["gold"][k]
            judged = {gold: 1} if isinstance(gold, str) else dict(gold)
            right = sorted(judged, key=lambda name: -judged[name]) if isinstance(sums["said"][k], str) else []
            yield measured(judged, nearest.get(k, right))


def unit(vector: Any) -> Any:
    """A vector (D,) brought to length 1, as not all models have it, so that products are cosines; one of no length as it is."""
    import numpy as np

    return vector / (np.linalg.norm(vector) or 1)


def best(scores: Any, count: int) -> Any:
    """The places of the `count` highest scores, best first; of the same score, the first place first."""
    import numpy as np

    if len(scores) > count:
        least = np.partition(scores, -count)[-count]
        places = np.flatnonzero(scores >= least)
        return places[np.argsort(-scores[places], kind="stable")][:count]
    return np.argsort(-scores, kind="stable")


def _corpus(sums: Mapping[Any, Any]) -> dict[str, Any]:
    """Vectors of the documents, (D,) each, by their ids; of texts that stand beside queries, by themselves."""
    import numpy as np

    found: dict[str, Any] = {}
    for name, gold, others, said in zip(sums["id"], sums["gold"], sums["others"], sums["said"], strict=True):
        if not isinstance(said, np.ndarray):
            continue
        match gold:
            case ():
                found[name] = said[0]
            case str():
                found |= dict(zip((gold, *others), said[1:], strict=True))
    return found


similarity: Metric[Any] = Metric("similarity", "spearman", _count, _score, kept=("id", "gold", "others", "said"))
"""Cosines: spearman and pearson where answers are numbers. Vectors: where answers are texts or documents, ndcg@10 and others."""
