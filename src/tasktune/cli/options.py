"""What commands have in common: arguments, a flag for each running option, and how a model is loaded."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_args, get_origin

import typer

from tasktune.recipe import EMBEDDING, TUNING, Option, all_options

TaskName = Annotated[str, typer.Argument(help="a task, as `tasktune tasks` lists them, by any of its names", metavar="TASK")]
DataFile = Annotated[str, typer.Argument(help="a file, or - for standard input", metavar="DATA")]
MAP_HELP = "field=column, by name or number, or field==value, for all records; may be repeated"
Map = Annotated[list[str] | None, typer.Option("--map", help=MAP_HELP, metavar="F=C")]
Format = Annotated[str | None, typer.Option("--format", help="the file format, where the suffix does not tell")]
Options = dict[str, Any]


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
    return _with_flags(command, _flags())


def with_running(command: Callable[..., None]) -> Callable[..., None]:
    """The same of a command that tunes nothing, without the options that only tuning has a use for."""
    return _with_flags(command, [flag for flag in _flags() if flag.name not in TUNING])


def with_embedding(command: Callable[..., None]) -> Callable[..., None]:
    """The same of a command that has texts embedded and nothing else."""
    return _with_flags(command, [flag for flag in _flags() if flag.name in EMBEDDING])


def _with_flags(command: Callable[..., None], flags: Sequence[Parameter]) -> Callable[..., None]:
    @wraps(command)
    def wrapped(*args: Any, **given: Any) -> None:
        flagged = {flag.name: given.pop(flag.name) for flag in flags}
        command(*args, **given, options={name: value for name, value in flagged.items() if value is not None})

    return declared(wrapped, [*others(command, "options"), *flags])


def with_fields(name: str, kind: type) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an argument or flag for each field of a dataclass, and as `name` what they say."""

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        flags = signature(kind, eval_str=True).parameters

        @wraps(command)
        def wrapped(**given: Any) -> None:
            made = kind(**{flag: given.pop(flag) for flag in flags})
            command(**given, **{name: made})

        return declared(wrapped, [*flags.values(), *others(command, name)])

    return decorated


def others(command: Callable[..., None], name: str) -> list[Parameter]:
    """The parameters of a command but for the one called `name`."""
    return [parameter for parameter in signature(command, eval_str=True).parameters.values() if parameter.name != name]


def declared(command: Callable[..., None], parameters: Iterable[Parameter]) -> Callable[..., None]:
    """A command with the parameters that typer is to make arguments and flags of."""
    named = [parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in parameters]
    command.__signature__ = Signature(named, return_annotation=None)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in named}
    return command


@cache
def _flags() -> list[Parameter]:
    """A flag for each running option, made once for all commands: help is to be instant."""
    return [_flag(option) for option in all_options()]


def _flag(option: Option) -> Parameter:
    """The flag of a running option: its plain type, its description, its default in the help."""
    kind = next((part for part in (option.kind, *get_args(option.kind)) if part in (bool, int, float)), str)
    given = list[kind] if get_origin(option.kind) is tuple else kind  # type: ignore[valid-type]
    default = "" if option.default in (None, ()) else f" [{option.default}]"
    flag = Annotated[given | None, typer.Option(help=option.what + default, show_default=False)]  # type: ignore[valid-type]
    return Parameter(option.name, Parameter.KEYWORD_ONLY, default=None, annotation=flag)
