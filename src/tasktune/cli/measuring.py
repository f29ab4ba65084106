"""`tasktune evaluate STORE QUESTIONS` and `tasktune weigh`: how well documents are found, and answered from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Annotated

import typer

from tasktune.cli.options import Format, Options, loading, with_embedding
from tasktune.cli.questioning import Answering
from tasktune.cli.searching import Collection, Searching, Store
from tasktune.core import InputError, Lost


def evaluate_store(
    store: str,
    data: Sequence[str],
    searching: Searching,
    answering: Answering,
    judge: str | None,
    calibrate: str | None,
    options: Options,
    as_json: bool,
    format: str | None,
) -> None:
    """Print the figures of a store, or with `calibrate` write from where on its answers are given."""
    from tasktune import recipe as recipes

    if len(data) != 1:
        raise InputError(f"a store is measured by one file of questions, but {len(data)} are given: {', '.join(data)}")
    if judge is not None and answering.generator is None:
        raise InputError("--judge is for what is answered: name who answers with --generator")
    if calibrate is not None:
        idle = {"--judge": judge, "--json": as_json, "--confidence": answering.confidence}
        if given := [flag for flag, value in idle.items() if value]:
            raise InputError(f"--calibrate measures nothing, and has no use for {', '.join(given)}; leave it out")
    resolved, sure = recipes.of(options, "the options"), answering.sure()
    with loading():
        from tasktune.readers import write
        from tasktune.verbs.grounded import calibrate as learn
        from tasktune.verbs.grounded import evaluate_grounded
        from tasktune.verbs.show import show_grounded_evaluation, show_lost

        who, how = answering.who(options), searching.told()
    if calibrate is not None:
        if who is None:
            raise InputError("--calibrate learns how sure answers are: name who answers with --generator")
        lost = Lost()
        confidence = partial(learn, store, data[0], who, answering.k, how, answering.suspects.value, format, resolved, lost)

        def learnt() -> Iterator[dict[str, float]]:
            yield asdict(confidence())

        write(calibrate, learnt(), "jsonl")  # which opens the file before anything is asked
        show_lost(lost)
        return
    found = evaluate_grounded(store, data[0], who, answering.k, how, answering.suspects.value, sure, judge, format, resolved)
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        show_grounded_evaluation(found)


@with_embedding
def weigh(
    store: Store,
    questions: Annotated[str, typer.Argument(help="a file of questions that name their sources", metavar="QUESTIONS")],
    options: Options,
    collection: Collection = "main",
    rerank: Annotated[str | None, typer.Option(help="a model for reranking, to weigh beside both")] = None,
    format: Format = None,
) -> None:
    """Find out how much vectors should count beside words, for `--weight`, and a reranker, for `--rerank-weight`.

    Measure on other questions than these.
    """
    from tasktune import recipe as recipes

    resolved, lost = recipes.of(options, "the options"), Lost()
    with loading():
        from tasktune.verbs.show import show_lost, show_weighed
        from tasktune.verbs.weigh import weigh as verb

    show_weighed(verb(store, questions, collection, rerank, format, resolved, lost), rerank)
    show_lost(lost)
