"""Find the passages of a store that answer a query."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tasktune.core import InputError
from tasktune.passages import Hit
from tasktune.recipe import Recipe
from tasktune.retrieval.search import Search, finding


def search(store: Path | str, query: str, k: int = 10, how: Search | None = None, recipe: Recipe | None = None) -> list[Hit]:
    """The `k` passages of the store that answer a query best, the best first.

    `how` says in which way (`Search`); where nothing is said, by words and by vectors. `recipe` runs the models that it takes.
    Raises `InputError` where there is no such store, or it cannot be searched so.
    """
    return search_all(store, [query], k, how, recipe)[0]


def search_all(
    store: Path | str, queries: Sequence[str], k: int = 10, how: Search | None = None, recipe: Recipe | None = None
) -> list[list[Hit]]:
    """The same for any number of queries, which models and stores answer faster together."""
    if k < 1:
        raise InputError(f"how many passages must be 1 or more, but is {k}")
    with finding(store, how, recipe) as find:
        return find(queries, k)
