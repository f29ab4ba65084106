"""`tasktune chat`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated

import typer

from tasktune.cli.options import Options, loading, with_running

MODEL_HELP = "a folder that `tasktune fit chat` made; or a name (`tasktune models`), folder or hub id of a model as it comes"


@with_running
def chat(
    model: Annotated[str, typer.Argument(help=MODEL_HELP, metavar="MODEL")],
    options: Options,
    system: Annotated[str, typer.Option(help="what the model is to be: a system prompt, a persona")] = "",
) -> None:
    """Talk with a model. /reset, /undo, /system TEXT, /image FILE, /save FILE, /exit; Ctrl-C breaks an answer off."""
    with loading():
        from tasktune.verbs.chat import conversation_with, talk

        conversation = conversation_with(model, system, options)
    talk(conversation, _typed() if sys.stdin.isatty() else _piped(), _say, _note)


def _piped() -> Iterator[str]:
    """The lines of standard input, refused where they are no text."""
    from tasktune.readers.source import STDIN, Source

    yield from (line for _, line in Source(STDIN).lines())


def _say(piece: str) -> None:
    sys.stdout.write(piece)
    sys.stdout.flush()


def _note(line: str) -> None:
    print(line, file=sys.stderr)


def _typed() -> Iterator[str]:
    """What is typed, line by line, until Ctrl-D. Ctrl-C takes back a line that is begun."""
    with suppress(ImportError):  # not on Windows
        import readline  # noqa: F401 (with it, `input` lets lines be edited and called back)
    while True:
        try:
            yield input("> ")
        except KeyboardInterrupt:
            print()
        except EOFError:
            print()
            return
