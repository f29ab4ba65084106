"""`tasktune serve`: a store or a tuned model, answering over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tasktune.cli.options import Options, loading, with_recipe
from tasktune.cli.searching import Searching, with_searching
from tasktune.core import InputError

if TYPE_CHECKING:
    from tasktune.serve.app import Service


@with_recipe
@with_searching
def serve(
    what: Annotated[str, typer.Argument(help="a store that `tasktune index` made, or a folder that `tasktune fit` made")],
    searching: Searching,
    options: Options,
    generator: Annotated[
        str | None, typer.Option(help="who answers /ask from a store: as for `tasktune ask`; without, there is /search alone")
    ] = None,
    generator_name: Annotated[str, typer.Option(help="the model's name, where --generator is a server's address")] = "",
    confidence: Annotated[Path | None, typer.Option(help="from where on answers are given, as --calibrate wrote it")] = None,
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="the port, 0 for any")] = 8000,
) -> None:
    """Answer over HTTP: /search and /ask of a store, /predict of a tuned model."""
    from tasktune import recipe as recipes

    recipe = recipes.of(options, "the options")
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError:
        raise InputError('a server needs starlette and uvicorn: pip install "tasktune[serve]"') from None
    with loading():
        from tasktune.serve.running import run

        service = (
            _model(Path(what), options)
            if Path(what).is_dir()
            else _store(what, searching, generator, generator_name, confidence, options, recipe)
        )
    run(service, host, port)


def _model(folder: Path, options: Options) -> Service:
    from tasktune.models.multitask import load
    from tasktune.serve.services import of_model

    return of_model(load(folder, options))


def _store(
    where: str, searching: Searching, generator: str | None, name: str, confidence: Path | None, options: Options, recipe: Any
) -> Service:
    from tasktune.retrieval.search import finder
    from tasktune.serve.services import of_store
    from tasktune.stores.opening import open_store
    from tasktune.verbs.answerers import answerer
    from tasktune.verbs.confidence import Confidence

    store = open_store(where)
    find = finder(store, searching.told(), recipe)
    sure = Confidence.load(confidence) if confidence else None
    return of_store(store, find, answerer(generator, options, name) if generator else None, sure)
