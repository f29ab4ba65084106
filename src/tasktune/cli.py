"""The command line: one command a verb, its running options made from `Recipe`.

Nothing heavy is imported before a command runs, so that help is instant. Input that cannot be used is one message on standard
error and exit code 2.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import wraps
from inspect import Parameter, signature
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

import typer

from tasktune.cli_models import models_app
from tasktune.cli_options import Format, Map
from tasktune.core import InputError, Lost
from tasktune.recipe import Option, all_options

if TYPE_CHECKING:
    from tasktune.models.prediction import Prediction

app = typer.Typer(
    name="tasktune",
    help="Tune a pre-trained language model to a task on your data, measure it and use it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(models_app, name="models")

TaskName = Annotated[str, typer.Argument(help="a task, as `tasktune tasks` lists them, by any of its names", metavar="TASK")]
ModelFolder = Annotated[Path, typer.Argument(help="a folder that `tasktune fit --out` made", metavar="MODEL")]
DataFile = Annotated[str, typer.Argument(help="a file, or - for standard input", metavar="DATA")]
Options = dict[str, Any]
Engine = Enum("Engine", {"LOCAL": "local", "RAY": "ray"})
INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it: 128 and the number of SIGINT."""
TRAIN_HELP = "the data to learn from: a file, or the name of a data set; with several tasks TASK=FILE for each, or one for all"
DATA_HELP = "a file, or - for standard input; for a model of several tasks TASK=FILE for each, or one for all"
OUT_HELP = (
    "the file to write (or write anew): JSON lines, words in columns (.conll, .conllu), a TREC run (.run); - for standard output"
)
MODEL_HELP = "a name (`tasktune models`), folder, GGUF file or hub id [minilm; smollm2 for chat, generation and summarization]"


@contextmanager
def loading() -> Iterator[None]:
    """Load torch, transformers and a model without looking for garbage meanwhile.

    They make a million objects that stay, and to look through them again and again takes a tenth of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def with_recipe(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a flag for each running option, and as its `options` those that were given."""
    flags = [_flag(option) for option in all_options()]

    @wraps(command)
    def wrapped(*args: Any, **given: Any) -> None:
        flagged = {flag.name: given.pop(flag.name) for flag in flags}
        command(*args, **given, options={name: value for name, value in flagged.items() if value is not None})

    own = [p for p in signature(command, eval_str=True).parameters.values() if p.name != "options"]
    parameters = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in own] + flags
    wrapped.__signature__ = signature(command).replace(parameters=parameters, return_annotation=None)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {p.name: p.annotation for p in parameters}
    return wrapped


def _flag(option: Option) -> Parameter:
    """The flag of a running option: its plain type, its description, its default in the help."""
    kind = next((part for part in (option.kind, *get_args(option.kind)) if part in (bool, int, float)), str)
    given = list[kind] if get_origin(option.kind) is tuple else kind  # type: ignore[valid-type]
    default = "" if option.default in (None, ()) else f" [{option.default}]"
    flag = Annotated[given | None, typer.Option(help=option.what + default, show_default=False)]  # type: ignore[valid-type]
    return Parameter(option.name, Parameter.KEYWORD_ONLY, default=None, annotation=flag)


@app.command()
@with_recipe
def fit(
    task: TaskName,
    train: Annotated[list[str], typer.Option(help=TRAIN_HELP)],
    out: Annotated[Path, typer.Option(help="the folder to save the tuned model in; must not be there yet")],
    options: Options,
    dev: Annotated[list[str] | None, typer.Option(help="the data to measure by; a tenth of --train if not given")] = None,
    model: Annotated[str | None, typer.Option(help=MODEL_HELP, show_default=False)] = None,
    map: Map = None,
    format: Format = None,
    recipe: Annotated[Path | None, typer.Option(help="running options from a TOML file; flags come before it")] = None,
) -> None:
    """Tune a model on a task, or one encoder on several (pos+ner), and save the best of it with its scores."""
    from tasktune import recipe as recipes
    from tasktune.models.named import default_model
    from tasktune.readers.mapping import parse_mapping
    from tasktune.tasks import task as task_called
    from tasktune.verbs.launch import companions, processes_for
    from tasktune.verbs.slips import before_fit

    resolved = recipes.read(recipe, options) if recipe else recipes.of(options, "the options")
    mapping = parse_mapping(map or [])
    learnt, held_out = before_fit(task, train, dev or [], model, out, mapping, format)
    model = default_model(task_called(next(iter(learnt)))) if model is None else model
    with companions(processes_for(resolved, learnt.values(), held_out.values(), model)):
        with loading():
            from tasktune.models import processes
            from tasktune.verbs.fit import fit as verb
            from tasktune.verbs.show import show_facts

        more = (model, out, resolved, mapping, format)
        (name, *others) = learnt
        tuned = verb(task, learnt, held_out, *more) if others else verb(task, learnt[name], held_out.get(name), *more)
        if processes.is_first():
            show_facts(tuned, out)


@app.command()
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


@app.command()
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


@app.command()
@with_recipe
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


@app.command()
def tasks(task: Annotated[str | None, typer.Argument(help="a task, to see its record, its formats and a sample")] = None) -> None:
    """List the tasks, or show what one works on."""
    from tasktune.verbs import tasks as verb

    print(verb.listing() if task is None else verb.page(task))


@app.command()
def sample(task: TaskName, out: Annotated[Path, typer.Option(help="the folder to write the sample file in")]) -> None:
    """Write a small file in a format that a task reads, to copy."""
    from tasktune.verbs.sample import sample as verb

    print(verb(task, out))


@app.command("new-task")
def new_task(name: Annotated[str, typer.Argument(help="the name of the task, in lower-case words with hyphens")]) -> None:
    """Write the file of a new task, and its name among the tasks (in a checkout of tasktune)."""
    from tasktune.verbs.new_task import new_task as verb

    print(verb(name))


def main() -> None:
    """Run the command line."""
    try:
        app()
    except InputError as wrong:
        if os.environ.get("RANK", "0") == "0":  # of several processes, the first speaks for all
            print(f"tasktune: {wrong}", file=sys.stderr)
        sys.exit(2)
    except SystemExit as left:
        if left.code == INTERRUPTED:  # typer leaves so, without a word
            print("tasktune: interrupted", file=sys.stderr)
        raise
