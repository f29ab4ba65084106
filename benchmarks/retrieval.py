"""Ways to find passages, side by side: `python benchmarks/retrieval.py` from the root of the repository.

BM25, vectors, both, and what a reranker and tuning add, on Cranfield (abstracts, graded), the paragraphs of SQuAD2's questions
and the contexts of HotpotQA's. Half of the queries of each, drawn by a seed, are learnt from: they choose the weight of vectors
and of a reranker's order, and, of Cranfield, tune a retriever. The other half is measured; of either, a hundred at most. The
reranker has learnt from SQuAD2's training questions alone, whose paragraphs are in none of the collections: to tell the paragraph
of a question from one that its words find, and from some at random. It reads twenty passages a query, and fifty queries choose
its weight. A document is one passage, as it is. The result is `retrieval.json` beside this file, saved after each row; `--only
NAME` runs just these sets, `--quick` a few queries of each.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import tasktune as tt
from run import machine
from tasktune.datasets import records
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.retrieval import measured as figures_of
from tasktune.metrics.retrieval import rankings
from tasktune.models.embedder import embedder
from tasktune.models.identity import digest_of
from tasktune.models.model import Model
from tasktune.passages import Hit, Passage
from tasktune.recipe import Recipe
from tasktune.retrieval import ways
from tasktune.retrieval.ways import Find
from tasktune.retrieval.weighing import best_trust, best_weight
from tasktune.stores.base import Facts, Store
from tasktune.stores.opening import open_store
from tasktune.tasks import task

HERE = Path(__file__).parent
WORK = Path("runs/bench-retrieval")
SHARED = Path("../shared/data")
SEED = 13
DEPTH = 100
QUERIES = 100
"""Queries of a half, at most."""
REREAD, WEIGHED_BY = 20, 50
"""Passages that the reranker reads of a query, and queries that its weight comes of."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked, and the grades of documents."""

    text: str
    judged: Mapping[str, int]

    def ranking(self, hits: Sequence[Hit]) -> list[str]:
        """The documents that were found, best first."""
        return [hit.passage.source for hit in hits]

    def worth(self, hits: Sequence[Hit]) -> float:
        """nDCG@10."""
        return figures_of(self.judged, self.ranking(hits))["ndcg@10"]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents by their names, and queries: those to learn from, and those to measure by."""

    documents: Mapping[str, str]
    learnt: list[Query]
    held_out: list[Query]


def _halves(documents: Mapping[str, str], queries: list[Query], most: int) -> Collection:
    drawn = Random(SEED).sample(queries, len(queries))[: 2 * most]
    return Collection(documents, drawn[: len(drawn) // 2], drawn[len(drawn) // 2 :])


def cranfield(most: int) -> Collection:
    """Abstracts and the questions of engineers, with grades."""
    documents, queries = {}, []
    for each in records(task("embedding"), SHARED / "retrieval/cranfield"):
        if each.answer == ():
            documents |= {each.id: each.text} if each.text else {}  # two abstracts of Cranfield are empty
        else:
            queries.append(Query(each.text, dict(each.answer)))
    return _halves(documents, queries, most)


def squad(most: int) -> Collection:
    """Paragraphs, and the questions that they answer."""
    return _halves(*_paragraphs("dev"), most)


def _paragraphs(part: str) -> tuple[dict[str, str], list[Query]]:
    documents: dict[str, str] = {}
    queries = []
    for each in records(task("question-answering"), SHARED / f"extractive_qa/squad2/{part}.json"):
        name = documents.setdefault(each.text, f"p{len(documents)}")
        if each.answer:
            queries.append(Query(each.question, {name: 1}))
    return {name: text for text, name in documents.items()}, queries


def hotpotqa(most: int) -> Collection:
    """Paragraphs of Wikipedia, and questions that take two of them."""
    documents: dict[str, str] = {}
    queries: dict[str, dict[str, int]] = {}
    for each in records(task("reranking"), SHARED / "retrieval/hotpotqa/hotpotqa_train.json"):
        name = documents.setdefault(each.passage, f"p{len(documents)}")
        queries.setdefault(each.query, {})[name] = int(each.answer)
    found = [Query(text, judged) for text, judged in queries.items()]
    return _halves({name: text for text, name in documents.items()}, found, most)


COLLECTIONS: dict[str, Callable[[int], Collection]] = {"cranfield": cranfield, "squad2": squad, "hotpotqa": hotpotqa}


def stored(collection: Collection, model: Model | None, place: Path) -> Store:
    """The documents in a store, a passage each, with their vectors where a model is given."""
    place.unlink(missing_ok=True)
    store = open_store(place, "write")
    passages = [Passage(name, 0, len(text), text) for name, text in collection.documents.items()]
    if model is None:
        store.begin(Facts(chunking="whole"))
        store.put("all", "", passages)
        return store
    vectors = model.embed(collection.documents.values(), "document")
    store.begin(Facts(str(model.facts.get("made", {}).get("model", "minilm")), digest_of(model.net), vectors.shape[1], "whole"))
    store.put("all", "", passages, vectors)
    return store


def measured(find: Find, queries: list[Query]) -> dict[str, Any]:
    """The figures of a way, with intervals over queries."""
    began = perf_counter()
    found = find([query.text for query in queries], DEPTH)
    seconds = perf_counter() - began
    tally = Tally(rankings)
    kind = task("reranking").record
    for query, hits in zip(queries, found, strict=True):
        scores = {name: float(-rank) for rank, name in enumerate(query.ranking(hits))}
        for name in {**query.judged, **scores}:
            record = kind(query=query.text, passage=name, answer=float(query.judged.get(name, 0)), id=name)  # type: ignore[call-arg]
            tally.add(record, scores.get(name))
    return {"scores": {name: asdict(score) for name, score in tally.scores().values.items()}, "seconds": round(seconds, 2)}


def rows(name: str, collection: Collection, quick: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each way and its figures."""
    held_out = collection.held_out
    untuned = embedder("minilm", Recipe())
    store = stored(collection, untuned, WORK / f"{name}.db")
    words, vectors = ways.by_words(store), ways.by_vectors(store, untuned)
    yield "BM25", measured(words, held_out)
    yield "vectors of minilm", measured(vectors, held_out)
    yield "both, half each", measured(ways.fused([words, vectors], (0.5, 0.5)), held_out)
    asked, worth = [query.text for query in collection.learnt], [query.worth for query in collection.learnt]
    weight, _ = best_weight(words, vectors, asked, worth)
    both = ways.fused([words, vectors], (1 - weight, weight))
    yield "both, weighed", {**measured(both, held_out), "weight": weight}
    few = _first(both, REREAD)
    yield "both, weighed, reranked", measured(_first(ways.reranked(few, grader(quick)), REREAD), held_out)
    trust, _ = best_trust(few, grader(quick), asked[:WEIGHED_BY], worth[:WEIGHED_BY])
    way = ways.reranked(few, grader(quick), trust)
    yield "both, weighed, reranker weighed", {**measured(_first(way, REREAD), held_out), "trust": trust}
    if name != "cranfield":
        return
    tuned = tt.fit("embedding", train=_pairs(collection), model="minilm", out=WORK / "retriever", recipe=_recipe(quick))
    own = stored(collection, tuned, WORK / f"{name}-tuned.db")
    yield "vectors of minilm, tuned", measured(ways.by_vectors(own, tuned), held_out)
    tuned_vectors = ways.by_vectors(own, tuned)
    weight, _ = best_weight(words, tuned_vectors, asked, worth)
    both_tuned = ways.fused([words, tuned_vectors], (1 - weight, weight))
    yield "both, tuned and weighed", {**measured(both_tuned, held_out), "weight": weight}


@cache
def grader(quick: bool) -> Model:
    """A minilm that has learnt from SQuAD2's training questions to tell their paragraph from others, made once."""
    if (folder := WORK / f"grader{'-quick' * quick}").exists():
        return tt.load(folder)  # type: ignore[return-value]
    documents, queries = _paragraphs("train")
    learnt = (chance := Random(SEED)).sample(queries, 16 if quick else 1000)
    store = stored(Collection(documents, [], []), None, WORK / "graded.db")
    found = ways.by_words(store)([query.text for query in learnt], 2)
    pairs = [
        {"query": query.text, "passage": documents[name], "answer": float(query.judged.get(name, 0))}
        for query, hits in zip(learnt, found, strict=True)
        for name in dict.fromkeys((*query.judged, *query.ranking(hits), *chance.sample(sorted(documents), 2)))
    ]
    recipe = replace(_recipe(quick), epochs=0.2 if quick else 1, evaluations=1 if quick else 3)
    return tt.fit("reranking", train=pairs, model="minilm", out=folder, recipe=recipe)


def _first(find: Find, most: int) -> Find:
    """The same, with so many passages at most."""
    return lambda queries, k: find(queries, min(k, most))


def _recipe(quick: bool) -> Recipe:
    return Recipe(epochs=0.2, max_length=64) if quick else Recipe(epochs=2, max_length=256)


def _relevant(query: Query, collection: Collection) -> list[str]:
    """The documents that go with a query, the best first, and no more than four, so that all queries teach alike."""
    there = [name for name, grade in query.judged.items() if grade > 0 and name in collection.documents]
    return sorted(there, key=lambda name: -query.judged[name])[:4]


def _pairs(collection: Collection) -> list[dict[str, Any]]:
    """Queries and documents that go together."""
    return [
        {"text": query.text, "answer": collection.documents[name]}
        for query in collection.learnt
        for name in _relevant(query, collection)
    ]


def main() -> int:
    """Measure each way and save what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=list(COLLECTIONS), metavar="NAME")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    place = (WORK.parent / "retrieval-quick.json") if asked.quick else HERE / "retrieval.json"
    results: dict[str, Any] = json.loads(place.read_text(encoding="utf-8")) if place.exists() else {"rows": {}}
    results["machine"] = machine()
    shutil.rmtree(WORK / "retriever", ignore_errors=True)
    WORK.mkdir(parents=True, exist_ok=True)
    for name in asked.only or COLLECTIONS:
        collection = COLLECTIONS[name](4 if asked.quick else QUERIES)
        for way, figures in rows(name, collection, asked.quick):
            print(f"{name}: {way}: ndcg@10 {figures['scores']['ndcg@10']['value']:.4f}, {figures['seconds']} s", flush=True)
            sizes = {"documents": len(collection.documents), "queries": len(collection.held_out)}
            made = {"seed": SEED, "threads": int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1))}
            date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
            results["rows"].setdefault(name, {})[way] = {**figures, **sizes, **made, "date": date}
            place.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
