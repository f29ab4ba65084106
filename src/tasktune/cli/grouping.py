"""`tasktune cluster`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tasktune.cli.options import DataFile, Format, Map, Options, loading, with_running


@with_running
def cluster(
    data: DataFile,
    out: Annotated[Path, typer.Option(help="the folder to write clusters and map in; must not be there yet")],
    options: Options,
    model: Annotated[str, typer.Option(help="what makes vectors of the texts: a name, folder or hub id")] = "minilm",
    clusters: Annotated[
        str | None, typer.Option(help="how many, or auto; if not given, one wherever texts lie dense (HDBSCAN)", metavar="K")
    ] = None,
    smallest: Annotated[int, typer.Option(help="texts in a cluster, at least; k-means warns of smaller ones")] = 10,
    map: Map = None,
    format: Format = None,
) -> None:
    """Group texts by what they are about, name the groups and draw a map of them."""
    from tasktune import recipe as recipes
    from tasktune.models.folder import refuse_taken
    from tasktune.readers.mapping import parse_mapping
    from tasktune.verbs.slips import how_many

    resolved, mapping, wanted = recipes.of(options, "the options"), parse_mapping(map or []), how_many(clusters)
    refuse_taken(out)
    with loading():
        from tasktune.verbs.cluster import cluster as verb
        from tasktune.verbs.show import show_clusters

    found = verb(data, model, wanted, smallest, resolved, mapping, format)
    show_clusters(found, found.save(out, Path(data.partition(",")[0]).stem))
