"""Which model is tuned where none is named, and that a task it cannot do is refused before anything is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tasktune.cli.tuning import MODEL_HELP
from tasktune.core import InputError
from tasktune.models.named import default_model
from tasktune.tasks import NAMES, task
from tasktune.verbs.fit import fit


def test_each_task_has_a_model_that_can_do_it_and_the_help_says_which() -> None:
    reading = [name for name in NAMES if set(task(name).framings()) != {"vision-language"}]
    writing = [name for name in reading if default_model(task(name)) == "smollm2"]
    assert writing == [name for name in reading if task(name).encoder is None]
    assert all(default_model(task(name)) == "minilm" for name in reading if name not in writing)
    assert MODEL_HELP.endswith("[minilm; smollm2 where answers are free text]")


@pytest.mark.parametrize("name", [name for name in NAMES if set(task(name).framings()) == {"vision-language"}])
def test_what_takes_a_model_that_sees_says_so(name: str) -> None:
    with pytest.raises(InputError, match=f"{name} takes a model that sees"):
        default_model(task(name))


def test_a_family_that_cannot_do_the_task_is_refused_before_data_are_read(tiny: Callable[[str], Path]) -> None:
    with pytest.raises(InputError, match="chat cannot be done by a model of the encoder family"):
        fit("chat", "no such file.jsonl", model=str(tiny("bert")))
