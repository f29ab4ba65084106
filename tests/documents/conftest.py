"""What tests of documents stand on: a folder of files, read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tasktune.core import Lost
from tasktune.documents import Document, found, read


@pytest.fixture
def reading(tmp_path: Path) -> Callable[..., tuple[list[Document], Lost]]:
    """What is read of files of these names and bytes, and what is lost."""

    def read_all(files: Mapping[str, bytes | str]) -> tuple[list[Document], Lost]:
        for name, data in files.items():
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        lost = Lost()
        return [document for file in found(tmp_path / "in", lost) for document in read(file, lost)], lost

    return read_all
