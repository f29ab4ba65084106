"""Options that commands of several files have."""

from __future__ import annotations

from typing import Annotated

import typer

Map = Annotated[list[str] | None, typer.Option("--map", help="field=column, by name or number; may be repeated", metavar="F=C")]
Format = Annotated[str | None, typer.Option("--format", help="the file format, where the suffix does not tell")]
