"""The model that `evaluate` and `predict` ask: a tuned one from its folder, or one that is not tuned, by a task and `--model`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from tasktune.cli.options import Options, loading, with_fields
from tasktune.core import InputError

By = Enum("By", {"RANDOM": "random", "SIMILAR": "similar"})


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked: a folder, or where `untuned` names a model a task; and what that model is told."""

    model: Annotated[str, typer.Argument(help="a folder that `tasktune fit --out` made, or with --model a task", metavar="MODEL")]
    untuned: Annotated[
        str | None,
        typer.Option("--model", help="a model to ask without tuning it: a name (`tasktune models`), folder, GGUF file or hub id"),
    ] = None
    labels: Annotated[
        str | None,
        typer.Option(help="what it chooses from, a,b; or 0=no,1=yes to tell it words for the data's names", metavar="A,B"),
    ] = None
    shots: Annotated[str | None, typer.Option(help="examples with answers to show it first: a file", metavar="FILE")] = None
    shot_count: Annotated[
        int | None,
        typer.Option(help="examples before each record, at most, as far as there is room [8]"),
    ] = None
    shots_by: Annotated[By, typer.Option(help="which examples: drawn by --seed, or those most like the record")] = By.RANDOM

    def refuse_slips(self, options: Options, data: Sequence[str], mapping: dict[str, str], format: str | None) -> bool:
        """Whether the model is not tuned; raises `InputError` where it cannot be asked so."""
        from tasktune.verbs.slips import before_untuned, labels_given

        if self.untuned is None:
            if self.labels or self.shots or self.shot_count is not None:
                raise InputError("--labels, --shots and --shot-count are told to a model that is not tuned; name it with --model")
            return False
        if len(data) != 1:
            raise InputError(f"a model that is not tuned is asked about one file, but {len(data)} are given: {', '.join(data)}")
        labels_given(self.labels)
        before_untuned(self.model, self.untuned, options, data[0], self.shots, mapping, format)
        return True

    def opened(self, options: Options, mapping: dict[str, str], format: str | None) -> Any:
        """The model."""
        from tasktune import recipe as recipes

        with loading():
            from tasktune.models.multitask import load
            from tasktune.tasks import task
            from tasktune.verbs.slips import format_of_shots, labels_given
            from tasktune.verbs.untuned import SHOTS, untuned

            if self.untuned is None:
                return load(Path(self.model), options)
            words, recipe = labels_given(self.labels), recipes.of(options, "the options")
            count = SHOTS if self.shot_count is None else self.shot_count
            own = format_of_shots(task(self.model), self.shots, mapping, format) if self.shots else None
            return untuned(self.model, self.untuned, words, self.shots, count, self.shots_by.value, recipe, mapping, own)


with_asking = with_fields("asking", Asking)
"""Gives a command an argument and flags for what is asked."""
