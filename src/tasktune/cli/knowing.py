"""`tasktune index`, `search` and `queries`: one's own documents, made to be found."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from tasktune.cli.options import Options, loading, with_embedding, with_running
from tasktune.cli.searching import STORE_HELP, Collection, Searching, Store, with_searching


@with_embedding
def index(
    documents: Annotated[list[str], typer.Argument(help="files, folders or globs", metavar="DOCS…")],
    into: Annotated[str, typer.Option(help=STORE_HELP, metavar="STORE")],
    options: Options,
    model: Annotated[
        str, typer.Option(help="what makes vectors: a name, folder or hub id; none, to search by words alone")
    ] = "minilm",
    collection: Collection = "main",
    limit: Annotated[int | None, typer.Option(help="tokens of a passage, at most [256, or as many as the model reads]")] = None,
    overlap: Annotated[int, typer.Option(help="tokens of a passage that repeat the end of the one before, at most")] = 0,
    again: Annotated[bool, typer.Option("--again", help="embed all anew, as another model or other passages need")] = False,
) -> None:
    """Read documents into a store, to be searched and asked; only what has changed since the last time."""
    from tasktune import recipe as recipes

    resolved = recipes.of(options, "the options")
    with loading():
        from tasktune.verbs.index import index as verb
        from tasktune.verbs.show import show_indexed

    show_indexed(verb(documents, into, None if model == "none" else model, collection, limit, overlap, again, resolved), into)


@with_running
@with_searching
def search(
    store: Store,
    query: Annotated[str, typer.Argument(help="what is looked for; - for a query a line from standard input", metavar="QUERY")],
    searching: Searching,
    options: Options,
    k: Annotated[int, typer.Option("-k", help="passages for each query, at most")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="print a line of JSON for each query")] = False,
) -> None:
    """Find the passages of a store that answer a query."""
    from tasktune import recipe as recipes
    from tasktune.verbs.slips import queries

    resolved, asked = recipes.of(options, "the options"), queries(query)
    with loading():
        from tasktune.verbs.search import search_all
        from tasktune.verbs.show import show_hits

    for one, hits in zip(asked, search_all(store, asked, k, searching.told(), resolved), strict=True):
        if as_json:
            print(json.dumps({"query": one, "hits": [asdict(hit) for hit in hits]}, ensure_ascii=False))
        else:
            show_hits(one, hits)


@with_running
@with_searching
def queries(
    store: Store,
    out: Annotated[str, typer.Option(help="the file to write, JSON lines to `fit embedding` on; - for standard output")],
    searching: Searching,
    options: Options,
    count: Annotated[int, typer.Option(help="passages to ask about, drawn by --seed")] = 200,
) -> None:
    """Have questions made up about the passages of a store, by --writer, to tune a retriever on."""
    from tasktune import recipe as recipes
    from tasktune.core import Lost

    resolved, lost = recipes.of(options, "the options"), Lost()
    with loading():
        from tasktune.readers import write
        from tasktune.verbs.queries import queries as verb
        from tasktune.verbs.show import show_lost

    write(out, verb(store, count, searching.writer, searching.told(), lost, resolved), "jsonl")
    show_lost(lost)
