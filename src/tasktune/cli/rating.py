"""`tasktune rate` and `tasktune ratings`: which of two systems people prefer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from tasktune.cli.options import Map

SYSTEM_HELP = "JSON lines that `tasktune predict` wrote, or the folder of a model"


def rate(
    a: Annotated[str, typer.Argument(help=SYSTEM_HELP, metavar="A")],
    b: Annotated[str, typer.Argument(help=SYSTEM_HELP, metavar="B")],
    out: Annotated[Path, typer.Option(help="the folder to write rate.html and key.json in; must not be there yet")],
    data: Annotated[
        str | None, typer.Argument(help="the file that a model is to answer; of no use to two files", metavar="DATA")
    ] = None,
    records: Annotated[int | None, typer.Option(help="records to show, at most; all if not given")] = None,
    seed: Annotated[int, typer.Option(help="of the draw of records, and of which answer stands on the left")] = 13,
    map: Map = None,
) -> None:
    """Write a page on which people choose the better of two systems' answers, without knowing whose is whose."""
    from tasktune.models.folder import refuse_taken
    from tasktune.notations.amounts import amount
    from tasktune.readers.mapping import parse_mapping
    from tasktune.verbs.rate import KEY, PAGE
    from tasktune.verbs.rate import rate as verb

    refuse_taken(out)
    count = verb(a, b, data, out, seed, records, parse_mapping(map or []))
    kept = f"keep {out / KEY}, which tells whose answers are whose"
    print(f"{amount(count, 'pair')} to rate in {out / PAGE}: give it to the raters, and {kept}")


def ratings(
    key: Annotated[Path, typer.Argument(help="the folder that `tasktune rate` wrote, or the key in it", metavar="FOLDER")],
    files: Annotated[list[Path], typer.Argument(help="what the raters saved", metavar="RATINGS")],
    as_json: Annotated[bool, typer.Option("--json", help="print it as JSON")] = False,
) -> None:
    """Read what raters saved: how often A is preferred to B, and whether the raters agree."""
    from tasktune.verbs.ratings import lines
    from tasktune.verbs.ratings import ratings as verb

    found = verb(key, files)
    print(json.dumps(found.as_json(), ensure_ascii=False) if as_json else "\n".join(lines(found)))
