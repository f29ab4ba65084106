"""Heads whose text is written elsewhere, as `--backend` says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tasktune.core import InputError
from tasktune.generation.engines import engine
from tasktune.heads.base import Head
from tasktune.heads.free_text import FreeText
from tasktune.heads.writers import Causal


def written_by_backend(head: Head, folder: Path) -> Head:
    """The head with the model in a folder opened by the backend that the recipe names. Raises `InputError` where it cannot be."""
    decoding = head.recipe.decoding
    if decoding.backend == "tasktune":
        return head
    if not (isinstance(head, FreeText) and isinstance(head.writer, Causal)):
        raise InputError(f"--backend {decoding.backend} is for decoders that write their answers, and here none is; leave it out")
    return replace(head, engine=engine(folder, head.max_length, decoding))
