"""Find out how much vectors should count beside words when a store is searched by both, and a reranker beside these."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from tasktune.core import InputError, Lost
from tasktune.datasets import Data
from tasktune.recipe import Recipe
from tasktune.retrieval.search import Search, embedder_of, finder, grader_of, refuse_absent
from tasktune.retrieval.ways import by_vectors, by_words
from tasktune.retrieval.weighing import Weighed, Worth, best_trust, best_weight
from tasktune.stores.base import MAIN, Store
from tasktune.stores.opening import open_store
from tasktune.verbs.grounded import asked_in, ndcg, note_missing


def weigh(
    store: Path | str,
    questions: Data,
    collection: str = MAIN,
    format: str | None = None,
    recipe: Recipe | None = None,
    lost: Lost | None = None,
) -> Weighed:
    """The best `weight` for `Search`, and the mean nDCG@10 of each that was tried, on questions that name their `sources`.

    Measure on other questions than these. Sources that are not in the store are noted in `lost`. Raises `InputError` where no
    question names any that is, or the store has no vectors.
    """
    with _weighing(store, questions, collection, format, lost) as (opened, asked, worth):
        ways = by_words(opened, collection), by_vectors(opened, embedder_of(opened, recipe or Recipe()), collection)
        return best_weight(*ways, asked, worth)


def weigh_reranker(
    store: Path | str,
    questions: Data,
    search: Search,
    format: str | None = None,
    recipe: Recipe | None = None,
    lost: Lost | None = None,
) -> Weighed:
    """The best `rerank_weight` for the reranker of a `search` as it is otherwise, and the mean nDCG@10 of each that was tried.

    Raises `InputError` where `search` names no reranker, and as `weigh` does.
    """
    if search.rerank is None:
        raise InputError("to weigh a reranker takes one: name it (rerank)")
    with _weighing(store, questions, search.collection, format, lost) as (opened, asked, worth):
        found = finder(opened, replace(search, rerank=None), recipe)
        return best_trust(found, grader_of(search.rerank), asked, worth)


@contextmanager
def _weighing(
    store: Path | str, questions: Data, collection: str, format: str | None, lost: Lost | None
) -> Iterator[tuple[Store, list[str], list[Worth]]]:
    """The store, what is asked of it, and how good what is found for each question is."""
    asked = [one for one in asked_in(questions, format) if one.sources]
    if not asked:
        raise InputError(f"no question of {questions} names its 'sources', the documents in which the answer stands")
    with open_store(store) as opened:
        refuse_absent(opened, collection)
        note_missing(asked, opened, collection, Lost() if lost is None else lost)
        yield opened, [one.question for one in asked], [partial(ndcg, one) for one in asked]
