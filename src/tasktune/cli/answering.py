"""`tasktune evaluate` and `tasktune predict`: what a model answers, and how well."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tasktune.cli.asking import Asking, with_asking
from tasktune.cli.measuring import evaluate_store
from tasktune.cli.options import DataFile, Format, Map, Options, with_running
from tasktune.cli.questioning import Answering, with_answering
from tasktune.cli.searching import Searching, with_searching
from tasktune.core import InputError, Lost, Row

if TYPE_CHECKING:
    from tasktune.models.prediction import Prediction

Engine = Enum("Engine", {"LOCAL": "local", "RAY": "ray"})
DATA_HELP = "a file, or - for standard input; for a model of several tasks TASK=FILE for each, or one for all"
OUT_HELP = (
    "the file to write (or write anew): JSON lines, words in columns (.conll, .conllu), a TREC run (.run), lines of text (.de, "
    ".zh …), DATA itself with translations put in (.po, .tmx, .xlf); - for standard output"
)


@with_running
@with_asking
@with_searching
@with_answering
def evaluate(
    asking: Asking,
    searching: Searching,
    answering: Answering,
    data: Annotated[list[str], typer.Argument(help=DATA_HELP, metavar="DATA")],
    options: Options,
    judge: Annotated[
        str | None, typer.Option(help="of a store: a model tuned for nli, to judge whether what is cited bears out what is said")
    ] = None,
    calibrate: Annotated[
        str | None,
        typer.Option(
            help="of a store: the file to write, for --confidence, from where on answers had better be given", metavar="FILE"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the scores as JSON")] = False,
    map: Map = None,
    format: Format = None,
) -> None:
    """Measure a model on data with answers: a tuned one, or any by `evaluate TASK --model NAME`.

    Of a store, what is found for questions that name their sources, and what a --generator says.
    """
    from tasktune.stores.opening import is_store

    if is_store(asking.model):
        evaluate_store(asking.model, data, searching, answering, judge, calibrate, options, as_json, format)
        return
    if (searching, answering, judge, calibrate) != (Searching(), Answering(), None, None):
        raise InputError(f"{asking.model} is no store, which flags of searching and answering are for; leave them out")
    from tasktune.readers.mapping import parse_mapping
    from tasktune.tasks import task as task_called
    from tasktune.verbs.slips import before_measuring, before_scoring

    mapping = parse_mapping(map or [])
    if asking.refuse_slips(options, data, mapping, format):
        files: str | dict[str, str] = data[0]
        before_scoring(task_called(asking.model), data[0], mapping, format, {})
    else:
        files = before_measuring(Path(asking.model), options, data, mapping, format)
    asked = asking.opened(options, mapping, format)
    from tasktune.verbs.evaluate import evaluate as verb
    from tasktune.verbs.show import show_evaluation

    measured = verb(asked, files, mapping, format)
    if as_json:
        print(json.dumps(measured.as_json(), ensure_ascii=False))
    else:
        show_evaluation(measured)


@with_running
@with_asking
def predict(
    asking: Asking,
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
    """Answer the records of a file, as JSON lines in their order: by a tuned model, or any by `predict TASK --model NAME`."""
    from tasktune.readers.mapping import parse_mapping
    from tasktune.verbs.slips import before_asking
    from tasktune.verbs.writing import write_answers

    if engine is Engine.RAY and format not in (None, "parquet"):
        raise InputError(f"--engine ray reads Parquet files, and nothing as --format {format}; leave one of them out")
    lost, mapping = Lost(), parse_mapping(map or [])
    if not asking.refuse_slips(options, [data], mapping, format):
        before_asking(Path(asking.model), options, data, mapping, format, task)
    elif engine is Engine.RAY or task is not None:
        raise InputError("--engine ray and --task are for tuned models; leave them out, or tune one")

    def answers(given: str | Iterable[Row]) -> Iterator[Prediction]:
        return _answers(asking, given, options, engine, task, mapping, format, lost)

    write_answers(data, out, answers, format, lost)
    from tasktune.verbs.show import show_lost

    show_lost(lost)


def _answers(
    asking: Asking,
    data: str | Iterable[Row],
    options: Options,
    engine: Engine,
    task: str | None,
    mapping: dict[str, str],
    format: str | None,
    lost: Lost,
) -> Iterator[Prediction]:
    """What `predict` writes."""
    if engine is Engine.RAY:
        from tasktune.verbs.predict import predict_with_ray

        yield from predict_with_ray(Path(asking.model), Path(str(data)), mapping, options, lost)
        return
    asked = asking.opened(options, mapping, format)
    from tasktune.verbs.predict import predict as verb
    from tasktune.verbs.show import show_asked
    from tasktune.verbs.untuned import as_asked

    yield from verb(asked, data, mapping, format, lost, task)
    for one in asked.models.values():
        show_asked(as_asked(one))
