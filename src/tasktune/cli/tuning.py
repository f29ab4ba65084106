"""`tasktune fit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tasktune.cli.options import Format, Map, Options, TaskName, loading, with_recipe

TRAIN_HELP = "the data to learn from: a file, or the name of a data set; with several tasks TASK=FILE for each, or one for all"
WEIGHT_HELP = "how often the records of one of several tasks have their turn in an epoch [1]; may be repeated"
MODEL_HELP = "a name (`tasktune models`), folder, GGUF file or hub id [minilm; smollm2 where answers are free text]"


@with_recipe
def fit(
    task: TaskName,
    train: Annotated[list[str], typer.Option(help=TRAIN_HELP)],
    out: Annotated[Path, typer.Option(help="the folder to save the tuned model in; must not be there yet")],
    options: Options,
    dev: Annotated[list[str] | None, typer.Option(help="the data to measure by; a tenth of --train if not given")] = None,
    model: Annotated[str | None, typer.Option(help=MODEL_HELP, show_default=False)] = None,
    weight: Annotated[list[str] | None, typer.Option(help=WEIGHT_HELP, metavar="TASK=W")] = None,
    map: Map = None,
    format: Format = None,
    recipe: Annotated[Path | None, typer.Option(help="running options from a TOML file; flags come before it")] = None,
) -> None:
    """Tune a model on a task, or on several at once (pos+ner), and save the best of it with its scores."""
    from tasktune import recipe as recipes
    from tasktune.models.named import default_model
    from tasktune.readers.mapping import parse_mapping
    from tasktune.tasks import task as task_called
    from tasktune.verbs.launch import companions, processes_for
    from tasktune.verbs.slips import before_fit, weighed, weights_given

    resolved = recipes.read(recipe, options) if recipe else recipes.of(options, "the options")
    mapping = parse_mapping(map or [])
    learnt, held_out = before_fit(task, train, dev or [], model, out, mapping, format)
    weights = weights_given(weight or [])
    weighed(learnt, weights)
    model = default_model(*(task_called(each) for each in learnt)) if model is None else model
    with companions(processes_for(resolved, learnt.values(), held_out.values(), model)):
        with loading():
            from tasktune.models import processes
            from tasktune.verbs.fit import fit as verb
            from tasktune.verbs.show import show_facts

        more = (model, out, resolved, mapping, format)
        (name, *others) = learnt
        tuned = verb(task, learnt, held_out, *more, weights) if others else verb(task, learnt[name], held_out.get(name), *more)
        if processes.is_first():
            show_facts(tuned, out)
