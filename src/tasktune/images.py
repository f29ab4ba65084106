"""Pictures, by what they are made of: where a record has one, it has this, and pixels only exist while a model looks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: the path of its file, or the bytes of one. `where` is what to call it in a message."""

    source: Path | bytes
    where: str = ""
