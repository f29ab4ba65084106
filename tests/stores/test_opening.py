"""What names a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasktune.stores.opening import is_store


@pytest.mark.parametrize(
    ("named", "which"),
    [
        ("postgresql://me@db/x", True),
        ("qdrant+http://localhost:6333", True),
        ("qdrant:folder", True),
        ("kb.db", True),
        ("folder", False),
        ("ner", False),
    ],
)
def test_an_address_or_a_file_is_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, which: bool) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kb.db").write_bytes(b"")
    Path("folder").mkdir()
    assert is_store(named) is which
