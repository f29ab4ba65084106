"""`tasktune explain`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from tasktune.cli.options import DataFile, Format, Map, loading
from tasktune.core import InputError

By = Enum("By", {"OCCLUSION": "occlusion", "ATTENTION": "attention"})


def explain(
    model: Annotated[Path, typer.Argument(help="a folder that `tasktune fit --out` made, of a model that sees", metavar="MODEL")],
    data: DataFile,
    out: Annotated[Path, typer.Option(help="the PNG to draw; must not be there yet")],
    record: Annotated[int, typer.Option(help="which record of the data, counted from 1")] = 1,
    by: Annotated[By, typer.Option(help="parts of the picture are hidden in turn; or where the network attended")] = By.OCCLUSION,
    grid: Annotated[int, typer.Option(help="into how many parts a side of the picture is cut, to hide them", min=1, max=64)] = 8,
    map: Map = None,
    format: Format = None,
) -> None:
    """Draw which parts of a picture moved the answer about it."""
    from itertools import islice

    from tasktune.readers.mapping import parse_mapping

    mapping = parse_mapping(map or [])
    with loading():
        from tasktune.datasets import questions
        from tasktune.models.model import Model
        from tasktune.models.multitask import load
        from tasktune.verbs.explain import explain as verb

        tuned = load(model)
    if not isinstance(tuned, Model):
        raise InputError(f"{model} does several tasks; what moved an answer is drawn for a model of one")
    found = next(islice(questions(tuned.task, data, mapping, format, tuned.columns), max(0, record - 1), None), None)
    if found is None:
        raise InputError(f"{data} has no record {record}; they are counted from 1")
    explained = verb(tuned, found, by.value, grid)
    print(f"{explained.answer}: log p {explained.log_p:.4f}; drawn in {explained.save(out)}")
