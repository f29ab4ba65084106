"""How the tests of readers make a file and read it."""

from pathlib import Path

import pytest

from tasktune.readers import rows


@pytest.fixture
def file(tmp_path: Path):
    """Makes a file of these bytes or this text, and gives its path."""

    def made(content: bytes | str, name: str = "file") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return made


@pytest.fixture
def values(file):
    """What rows a file of this content has, in a format."""

    def read(content: bytes | str, format: str, known: frozenset[str] = frozenset()):
        return [dict(row.values) for row in rows(file(content), format, known)]

    return read
