"""Data sets with a name, a row each. Adding one is adding a row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tasktune.core import InputError

HERE = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Dataset:
    """Files to train and develop on that come with the package, the task they are for, what they are and who may use them."""

    name: str
    task: str
    train: Path
    dev: Path
    what: str
    licence: str


_ROWS = (
    Dataset(
        name="demo-ner",
        task="ner",
        train=HERE / "demo_ner" / "train.conll",
        dev=HERE / "demo_ner" / "dev.conll",
        what="generated English sentences with persons, places, organisations and more; made to be hard enough to err on",
        licence="Apache-2.0, made by this project",
    ),
)
DATASETS: dict[str, Dataset] = {row.name: row for row in _ROWS}


def dataset(name: str) -> Dataset:
    """The data set called `name`. Raises `InputError` with the names there are."""
    if name not in DATASETS:
        raise InputError(f"there is no data set {name!r}. There are: {', '.join(DATASETS)}")
    return DATASETS[name]
