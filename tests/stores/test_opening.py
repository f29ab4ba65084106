"""What names a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasktune.core import InputError
from tasktune.stores.opening import is_store, open_store


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


@pytest.mark.parametrize("address", ["redis://localhost/1", "elasticsearch+http://localhost:9200"])
def test_the_address_of_another_server_is_refused_with_those_that_there_are(address: str) -> None:
    with pytest.raises(InputError, match="address of no store; there are postgresql"):
        open_store(address, "write")
