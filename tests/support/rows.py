"""Rows of files, made into records of a task."""

from __future__ import annotations

from typing import Any

from tasktune.core import Record
from tasktune.datasets import records
from tasktune.tasks import task


def read(name: str, **values: Any) -> Record:
    """The record of a task that a row with these columns holds."""
    [record] = records(task(name), [values])
    return record
