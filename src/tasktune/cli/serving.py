"""`tasktune serve`: a store or a tuned model, answering over HTTP."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tasktune.cli.options import Options, loading, with_running
from tasktune.cli.questioning import Answering, with_answering
from tasktune.cli.searching import Searching, with_searching
from tasktune.core import InputError

if TYPE_CHECKING:
    from tasktune.recipe import Recipe
    from tasktune.serve.app import Service
    from tasktune.stores.base import Store


@with_running
@with_searching
@with_answering
def serve(
    what: Annotated[str, typer.Argument(help="a store that `tasktune index` made, or a folder that `tasktune fit` made")],
    searching: Searching,
    answering: Answering,
    options: Options,
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="the port, 0 for any")] = 8000,
) -> None:
    """Answer over HTTP: /predict of a tuned model; of a store /search and, where a --generator is named, /ask."""
    from tasktune import recipe as recipes

    recipe = recipes.of(options, "the options")
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError:
        raise InputError('a server needs starlette and uvicorn: pip install "tasktune[serve]"') from None
    from tasktune.stores.opening import open_store

    with ExitStack() as held:
        with loading():
            from tasktune.serve.running import run

            if Path(what).is_dir():
                service = _model(Path(what), options)
            else:
                service = _store(held.enter_context(open_store(what)), searching, answering, options, recipe)
        run(service, host, port)


def _model(folder: Path, options: Options) -> Service:
    from tasktune.models.multitask import load
    from tasktune.serve.predicting import of_model

    return of_model(load(folder, options))


def _store(store: Store, searching: Searching, answering: Answering, options: Options, recipe: Recipe) -> Service:
    from tasktune.retrieval.search import Ways
    from tasktune.serve.searching import of_store

    ways = Ways.of(store, searching.told(), recipe)
    service, who = of_store(ways), answering.who(options)
    if who is None:
        return service
    from tasktune.serve.asking import with_answers

    return with_answers(service, ways, who, answering.sure(), answering.k, answering.suspects.value)
