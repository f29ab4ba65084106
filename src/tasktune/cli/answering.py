"""`tasktune evaluate` and `tasktune predict`: what a tuned model answers, and how well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import Enum
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tasktune.cli.options import DataFile, Format, Map, ModelFolder, Options, loading, with_recipe
from tasktune.core import InputError, Lost

if TYPE_CHECKING:
    from tasktune.models.prediction import Prediction

Engine = Enum("Engine", {"LOCAL": "local", "RAY": "ray"})
DATA_HELP = "a file, or - for standard input; for a model of several tasks TASK=FILE for each, or one for all"
OUT_HELP = (
    "the file to write (or write anew): JSON lines, words in columns (.conll, .conllu), a TREC run (.run); - for standard output"
)


@with_recipe
def evaluate(
    model: ModelFolder,
    data: Annotated[list[str], typer.Argument(help=DATA_HELP, metavar="DATA")],
    options: Options,
    as_json: Annotated[bool, typer.Option("--json", help="print the scores as JSON")] = False,
    map: Map = None,
    format: Format = None,
) -> None:
    """Measure a tuned model on data with answers."""
    from tasktune.readers.mapping import parse_mapping
    from tasktune.verbs.slips import before_measuring

    mapping = parse_mapping(map or [])
    files = before_measuring(model, options, data, mapping, format)
    with loading():
        from tasktune.models.multitask import load
        from tasktune.verbs.evaluate import evaluate as verb
        from tasktune.verbs.show import show_evaluation

        tuned = load(model, options)
    measured = verb(tuned, files, mapping, format)
    if as_json:
        print(json.dumps(measured.as_json(), ensure_ascii=False))
    else:
        show_evaluation(measured)


@with_recipe
def predict(
    model: ModelFolder,
    data: DataFile,
    options: Options,
    out: Annotated[str, typer.Option(help=OUT_HELP)] = "-",
    engine: Annotated[
        Engine, typer.Option(help="ray answers a Parquet file, or a folder of them, on a Ray cluster (here unless RAY_ADDRESS)")
    ] = Engine.LOCAL,
    task: Annotated[str | None, typer.Option(help="which task's answers, of a model of several; all if not given")] = None,
    map: Map = None,
    format: Format = None,
) -> None:
    """Answer the records of a file, as JSON lines in their order."""
    from tasktune.notations.plain import as_json
    from tasktune.readers import write
    from tasktune.readers.mapping import parse_mapping
    from tasktune.verbs.slips import before_asking

    if engine is Engine.RAY and format not in (None, "parquet"):
        raise InputError(f"--engine ray reads Parquet files, and nothing as --format {format}; leave one of them out")
    lost, mapping = Lost(), parse_mapping(map or [])
    before_asking(model, options, data, mapping, format, task)
    # `write` opens its file before it asks for the first answer, and so before the model is loaded
    written = {".conll": "conll", ".conllu": "conllu", ".run": "trec"}.get(Path(out).suffix, "jsonl")
    spelled = "as_json" if written == "jsonl" else "as_columns"
    answers = _answers(model, data, options, engine, task, mapping, format, lost)
    rows = _run(answers) if written == "trec" else (as_json(methodcaller(spelled)(answer)) for answer in answers)
    write(out, rows, written)
    from tasktune.verbs.show import show_lost

    show_lost(lost)


def _run(answers: Iterator[Prediction]) -> Iterator[dict[str, Any]]:
    """What a search found, where the answers are vectors or grades."""
    from tasktune.verbs.search import found

    yield from found(answers)


def _answers(
    model: Path,
    data: str,
    options: Options,
    engine: Engine,
    task: str | None,
    mapping: dict[str, str],
    format: str | None,
    lost: Lost,
) -> Iterator[Prediction]:
    """What `predict` writes."""
    with loading():
        from tasktune.models.multitask import load
        from tasktune.verbs import predict as verb

        if engine is Engine.RAY:
            answers = verb.predict_with_ray(model, Path(data), mapping, options, lost)
        else:
            answers = verb.predict(load(model, options), data, mapping, format, lost, task)
    yield from answers
