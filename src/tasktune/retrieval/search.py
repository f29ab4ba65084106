"""How a store is searched, in one frozen place; and the way that this comes to.

Models are loaded where a way takes one: a search by words needs none, and starts at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Self, final, get_args

from tasktune.answers import Message
from tasktune.core import InputError
from tasktune.passages import Hit
from tasktune.recipe import Recipe
from tasktune.retrieval import ways
from tasktune.retrieval.ways import Find
from tasktune.stores.base import MAIN, Facts, Store, Where
from tasktune.stores.opening import open_store
from tasktune.tasks import task
from tasktune.tasks.chat import Chat

if TYPE_CHECKING:
    from tasktune.models.model import Model

_READ: Final = 10_000
"""Passages that are read at most to tell that none has what is asked for."""
By = Literal["both", "words", "vectors"]
Rewritten = Literal["no", "hyde", "reworded"]


@dataclass(frozen=True, slots=True)
class Search:
    """How passages are found.

    `by` words (BM25), vectors, or both, fused with `weight` for vectors and the rest for words (words alone where there are no
    vectors). `rerank` names a model for reranking, which reads query and passage together; its order counts `rerank_weight`, and
    for the rest the order in which passages were found. `diversity` (0 to 1) prefers passages
    that say something new. `around` as many neighbours come with each. The query may be rewritten by a `writer` first: "hyde"
    looks for a passage that this makes up, "reworded" for the same asked in other ways. `where` says what passages must be.
    """

    by: By = "both"
    weight: float = 0.5
    rerank: str | Path | Model | None = None
    rerank_weight: float = 1.0
    diversity: float = 0.0
    around: int = 0
    rewritten: Rewritten = "no"
    writer: str | Path | Model = "smollm2"
    collection: str = MAIN
    where: Where = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, kind in (("by", By), ("rewritten", Rewritten)):
            if getattr(self, name) not in get_args(kind):
                raise InputError(f"{name} must be {', '.join(get_args(kind))}, but is {getattr(self, name)!r}")
        for name in ("weight", "rerank_weight", "diversity"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"{name} must be from 0 to 1, but is {getattr(self, name)}")
        if self.around < 0:
            raise InputError(f"around must be 0 or more passages, but is {self.around}")


@contextmanager
def finding(knowledge: Path | str | Find, how: Search | None = None, recipe: Recipe | None = None) -> Iterator[Find]:
    """The way to find passages that is meant: one, or a store and how it is searched, which is open meanwhile."""
    if not isinstance(knowledge, str | Path):
        yield knowledge
        return
    with open_store(knowledge) as store:
        yield finder(store, how or Search(), recipe)


def finder(store: Store, search: Search, recipe: Recipe | None = None) -> Find:
    """The way to find passages in `store` that `search` describes, with all the models that it takes loaded.

    Raises `InputError` where the store holds nothing of the collection, or its vectors are of another model than is here now.
    """
    return Ways.of(store, search, recipe).find(search)


@final
@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to find passages in `store` that `search` and what differs from it `by`, `collection` or `where` describe: with
    all the models that it takes loaded once, and the `facts` of the store at that time.
    """

    store: Store
    search: Search
    facts: Facts | None
    embedder: Model | None
    grader: Model | None
    write: ways.Write | None

    @classmethod
    def of(cls, store: Store, search: Search, recipe: Recipe | None = None) -> Self:
        """All that a search takes, loaded. Raises `InputError` where it cannot be."""
        refuse_absent(store, search.collection)
        if search.diversity and not has_vectors(store):
            raise InputError(
                "--diversity compares vectors, and nothing here has any: leave it out, or index the documents with a model"
            )
        recipe, facts = recipe or Recipe(), store.facts()
        weight = {"words": 0.0, "vectors": 1.0, "both": search.weight if has_vectors(store) else 0.0}[search.by]
        return cls(
            store,
            search,
            facts,
            embedder_of(store, recipe) if weight > 0 else None,
            None if search.rerank is None else grader_of(search.rerank, recipe),
            None if search.rewritten == "no" else writer_of(search.writer, recipe),
        )

    def find(self, search: Search) -> Find:
        """The way that is described. Raises `InputError` where the store has no such collection, or no vectors were asked for."""
        refuse_absent(self.store, search.collection)
        find = self._fused(search)
        if search.where:
            find = _where_it_may_be(self.store, search, find)
        if self.write is not None:
            rewrite = {"hyde": ways.hypothetical, "reworded": ways.reworded}[self.search.rewritten]
            find = rewrite(find, self.write)
        if self.grader is not None:
            find = ways.reranked(find, self.grader, search.rerank_weight)
        if search.diversity:
            find = ways.diverse(find, self.store, search.diversity, search.collection)
        return ways.with_neighbours(find, self.store, search.around, search.collection) if search.around else find

    def _fused(self, search: Search) -> Find:
        """By words, by vectors or by both; by words alone where there are no vectors."""
        if search.by == "vectors" and self.embedder is None:
            raise InputError("vectors are not searched here, but words: leave 'by' out")
        weight = {"words": 0.0, "vectors": 1.0, "both": 0.0 if self.embedder is None else search.weight}[search.by]
        found = []
        if weight < 1:
            found.append((ways.by_words(self.store, search.collection, search.where), 1 - weight))
        if weight > 0 and self.embedder is not None:
            by_vectors = ways.by_vectors(self.store, self.embedder, search.collection, search.where)
            found.append((_while_it_is(self.facts, self.store, by_vectors), weight))
        return found[0][0] if len(found) == 1 else ways.fused(*zip(*found, strict=True))


def refuse_absent(store: Store, collection: str) -> None:
    """Raises `InputError` where a store has no such collection."""
    if collection not in (there := store.collections()):
        raise InputError(
            f"there is no collection {collection!r} here; there is: {', '.join(there) or 'none'}. Index documents first"
        )


@contextmanager
def said_of(flag: str) -> Iterator[None]:
    """What is wrong with one of several models that are named, with the name of the flag that names it."""
    try:
        yield
    except InputError as wrong:
        raise InputError(f"--{flag}: {wrong}") from wrong


def grader_of(rerank: str | Path | Model, recipe: Recipe) -> Model:
    """The model for reranking that is named, to run as `recipe` says. Raises `InputError` where it is for another task."""
    from tasktune.models.model import load

    if not isinstance(rerank, str | Path):
        return rerank
    usual = Recipe()
    changes = {name: getattr(recipe, name) for name in _RUNNING if getattr(recipe, name) != getattr(usual, name)}
    with said_of("rerank"):
        grader = load(rerank, changes)
    ways.refuse_no_grader(grader)
    return grader


_RUNNING = ("device", "precision", "token_budget")
"""The options that say how a model is run, whatever it answers."""


def has_vectors(store: Store) -> bool:
    """Whether passages have vectors, so that they can be found by these."""
    facts = store.facts()
    return facts is not None and facts.dimension > 0


def _where_it_may_be(store: Store, search: Search, way: Find) -> Find:
    """A way that finds what is `where` it is looked for. Raises `InputError` where nothing is found, as no passage ever could."""

    def find(queries: Sequence[str], k: int) -> list[list[Hit]]:
        found = way(queries, k)
        if not any(found):
            refuse_unknown(store, search.collection, search.where)
        return found

    return find


def refuse_unknown(store: Store, collection: str, where: Where) -> None:
    """Raises `InputError` where passages are asked for by a name that none of a collection has, if that is soon found out."""
    there = {"source", "page"}
    passages = store.passages(collection)
    for _ in range(_READ):
        if not (unknown := sorted(where.keys() - there)):
            return
        if (passage := next(passages, None)) is None:
            raise InputError(f"where: no passage here has {unknown[0]!r}; they have: {', '.join(sorted(there))}")
        there |= passage.metadata.keys()


def _while_it_is(facts: Facts | None, store: Store, way: Find) -> Find:
    """A way that goes by vectors, as long as the store has those that it had: others may index it by another model meanwhile."""

    def find(queries: Sequence[str], k: int) -> list[list[Hit]]:
        if store.facts() != facts:
            raise InputError("the store has been indexed anew by another model meanwhile: open it again")
        return way(queries, k)

    return find


def embedder_of(store: Store, recipe: Recipe) -> Model:
    """The model that the vectors of a store are of. Raises `InputError` where there are none, or it is not as it was."""
    facts = store.facts()
    if facts is None or not facts.dimension:
        raise InputError("nothing here has vectors: search by words, or index the documents with a model")
    if not facts.model:
        raise InputError(
            "the vectors here are of a model that was given as it was, without a name: search by words, put the way together "
            "with it yourself (retrieval.ways), or index the documents again by the name or folder of a model"
        )
    if recipe.dimensions not in (None, facts.dimension):
        raise InputError(f"the vectors here have {facts.dimension} numbers, and not {recipe.dimensions}: leave --dimensions out")
    from tasktune.models.embedder import embedder, vectors_identity  # loads torch

    model = embedder(facts.model, replace(recipe, dimensions=facts.dimension))
    if vectors_identity(model) != facts.weights:
        raise InputError(
            f"the vectors here are of {facts.model} as it was then, and its weights have changed since, or it is told other "
            "--prompts: bring those back, or index the documents again (tasktune index … --again)"
        )
    return model


def writer_of(writer: str | Path | Model, recipe: Recipe) -> ways.Write:
    """What a model writes to prompts, as a user would ask it."""
    from tasktune.models.model import as_it_comes

    if isinstance(writer, str | Path):
        with said_of("writer"):
            asked = as_it_comes(task("chat"), str(writer), lambda _: (), recipe)
    else:
        asked = writer

    def write(prompts: Sequence[str]) -> list[str]:
        turns = (Chat(messages=(Message("user", prompt),)) for prompt in prompts)
        return [str(found.answer or "") for found in asked.stream(turns)]

    return write
