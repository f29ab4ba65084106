"""List the models that have a name, and fetch them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasktune.core import InputError
from tasktune.models.cache import cache_folder, discard_broken, whole
from tasktune.models.named import NAMED
from tasktune.models.weights import fetch

if TYPE_CHECKING:
    from pathlib import Path

    from tasktune.core import FamilyName


@dataclass(frozen=True, slots=True)
class Listed:
    """A named model as it stands here. `size` is in bytes on disk; `folder` is None where it is yet to be fetched."""

    name: str
    family: FamilyName
    parameters: int
    size: int
    licence: str
    folder: Path | None
    what: str


def models() -> list[Listed]:
    """The models that have a name: they work with nothing but a package index, and with nothing at all once they are here."""
    return [
        Listed(
            name=model.name,
            family=model.family,
            parameters=model.parameters,
            size=model.size,
            licence=model.licence,
            folder=folder if whole(folder) else None,
            what=model.what,
        )
        for model in NAMED.values()
        for folder in [cache_folder() / model.name]
    ]


def get(name: str) -> Path:
    """Fetch a named model, and give back its folder. One that is here already is verified byte by byte, and made anew if broken.

    Raises `InputError` for a name that is not known, and where the model cannot be had.
    """
    if name not in NAMED:
        raise InputError(f"there is no model named {name!r}; those that can be fetched by name: {', '.join(NAMED)}")
    discard_broken(cache_folder() / name)
    return fetch(NAMED[name])


def show(listed: list[Listed]) -> None:
    """Print the models as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "family", "parameters", "on disk", "licence", "here", box=None, padding=(0, 2, 0, 0))
    for model in listed:
        size, parameters = f"{model.size / 1e6:.0f} MB", f"{model.parameters / 1e6:.1f} M"
        table.add_row(model.name, model.family, parameters, size, model.licence, "yes" if model.folder else "no")
    console = Console(highlight=False)
    console.print(table)
    console.print()
    for model in listed:
        console.print(f"{model.name}: {model.what}")
