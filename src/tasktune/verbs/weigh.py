"""Find out how much vectors should count beside words when a store is searched by both."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tasktune.core import InputError, Lost
from tasktune.datasets import Data
from tasktune.recipe import Recipe
from tasktune.retrieval.search import embedder_of, refuse_absent
from tasktune.retrieval.ways import by_vectors, by_words
from tasktune.retrieval.weighing import best_weight
from tasktune.stores.base import MAIN
from tasktune.stores.opening import open_store
from tasktune.verbs.grounded import asked_in, ndcg, note_missing


def weigh(
    store: Path | str,
    questions: Data,
    collection: str = MAIN,
    format: str | None = None,
    recipe: Recipe | None = None,
    lost: Lost | None = None,
) -> tuple[float, dict[float, float]]:
    """The best `weight` for `Search`, and the mean nDCG@10 of each that was tried, on questions that name their `sources`.

    Measure on other questions than these. Sources that are not in the store are noted in `lost`. Raises `InputError` where no
    question names any that is, or the store has no vectors.
    """
    asked = [one for one in asked_in(questions, format) if one.sources]
    if not asked:
        raise InputError(f"no question of {questions} names its 'sources', the documents in which the answer stands")
    with open_store(store) as opened:
        refuse_absent(opened, collection)
        note_missing(asked, opened, collection, Lost() if lost is None else lost)
        ways = by_words(opened, collection), by_vectors(opened, embedder_of(opened, recipe or Recipe()), collection)
        return best_weight(*ways, [one.question for one in asked], [partial(ndcg, one) for one in asked])
