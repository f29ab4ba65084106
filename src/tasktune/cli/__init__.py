"""The command line: one command a verb, its running options made from `Recipe`.

Nothing heavy is imported before a command runs, so that help is instant. Input that cannot be used is one message on standard
error and exit code 2.
"""

from __future__ import annotations

import os
import sys
from errno import EDQUOT, EFBIG, ENOSPC

import typer

from tasktune.cli.answering import evaluate, predict
from tasktune.cli.explaining import explain
from tasktune.cli.grouping import cluster
from tasktune.cli.knowing import index, queries, search
from tasktune.cli.measuring import weigh
from tasktune.cli.models import assemble, models_app
from tasktune.cli.questioning import ask
from tasktune.cli.rating import rate, ratings
from tasktune.cli.serving import serve
from tasktune.cli.talking import chat
from tasktune.cli.tasks import new_task, sample, tasks
from tasktune.cli.tuning import fit
from tasktune.core import InputError

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it: 128 and the number of SIGINT."""
_NO_ROOM = (ENOSPC, EDQUOT, EFBIG)

app = typer.Typer(
    name="tasktune",
    help="Tune a pre-trained language model to a task on your data, measure it and use it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(models_app, name="models")
_COMMANDS = (
    fit,
    assemble,
    evaluate,
    predict,
    explain,
    chat,
    rate,
    ratings,
    cluster,
    index,
    search,
    queries,
    weigh,
    ask,
    serve,
    tasks,
    sample,
    new_task,
)
for command in _COMMANDS:
    app.command()(command)


def main() -> None:
    """Run the command line."""
    try:
        app()
    except InputError as wrong:
        if os.environ.get("RANK", "0") == "0":  # of several processes, the first speaks for all
            print(f"tasktune: {wrong}", file=sys.stderr)
        sys.exit(2)
    except OSError as wrong:
        if wrong.errno not in _NO_ROOM:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to be flushed there has no room either
        print(f"tasktune: {wrong.strerror}: what is written finds no room; make some, or write elsewhere", file=sys.stderr)
        sys.exit(2)
    except SystemExit as left:
        if left.code == INTERRUPTED:  # typer leaves so, without a word
            print("tasktune: interrupted", file=sys.stderr)
        raise
