"""Find out how much vectors should count beside words when a store is searched by both, and a reranker beside these."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tasktune.core import InputError, Lost
from tasktune.datasets import Data, called
from tasktune.recipe import Recipe
from tasktune.retrieval.search import embedder_of, grader_of, has_vectors, refuse_absent
from tasktune.retrieval.ways import by_vectors, by_words, fused
from tasktune.retrieval.weighing import Weighed, best_trust, best_weight
from tasktune.stores.base import MAIN
from tasktune.stores.opening import open_store
from tasktune.verbs.grounded import asked_in, ndcg, note_missing

if TYPE_CHECKING:
    from tasktune.models.model import Model


def weigh(
    store: Path | str,
    questions: Data,
    collection: str = MAIN,
    rerank: str | Path | Model | None = None,
    format: str | None = None,
    recipe: Recipe | None = None,
    lost: Lost | None = None,
) -> dict[str, Weighed]:
    """The best weights for `Search`, by its fields, and the mean nDCG@10 of each that was tried.

    `weight` is that of vectors, and `rerank_weight` that of the model named as `rerank` beside what both find; where nothing in
    the store has vectors, beside what words find. They are found out on questions that name their `sources`; measure on others.
    Sources that are not in the store are noted in `lost`. Raises `InputError` where no question names any that is, or where
    there is nothing to weigh: no vectors, and no reranker.
    """
    recipe = recipe or Recipe()
    grader = None if rerank is None else grader_of(rerank, recipe)
    known = [one for one in asked_in(questions, format) if one.sources]
    if not known:
        raise InputError(f"no question of {called(questions)} names its 'sources', the documents in which the answer stands")
    asked, worth = [one.question for one in known], [partial(ndcg, one) for one in known]
    found: dict[str, Weighed] = {}
    with open_store(store) as opened:
        refuse_absent(opened, collection)
        note_missing(known, opened, collection, Lost() if lost is None else lost)
        way = by_words(opened, collection)
        if has_vectors(opened) or grader is None:
            vectors = by_vectors(opened, embedder_of(opened, recipe), collection)
            found["weight"] = weight, _ = best_weight(way, vectors, asked, worth)
            way = fused([way, vectors], (1 - weight, weight))
        if grader is not None:
            found["rerank_weight"] = best_trust(way, grader, asked, worth)
    return found
