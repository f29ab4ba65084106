"""A folder is opened when it is a whole model of safetensors and can make no code of its own run."""

from __future__ import annotations

import json
import pickle
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tasktune.core import InputError
from tasktune.models.safety import check_model_folder


def configure(folder: Path, **settings: object) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "bert", **settings}))


def refused(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        check_model_folder(folder)
    return str(caught.value)


def test_a_whole_model_passes(folder: Path) -> None:
    check_model_folder(folder)


def test_so_does_one_in_shards_unless_one_is_missing(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-1.safetensors")
    save_file({"b": np.zeros(2)}, folder / "model-2.safetensors")
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    check_model_folder(folder)
    (folder / "model-2.safetensors").unlink()
    assert "1 of 2 files of weights are missing: model-2.safetensors" in refused(folder)


@pytest.mark.parametrize("name", ["../other/model.safetensors", "/etc/passwd", "model.bin", "a/b.safetensors"])
def test_an_index_cannot_point_elsewhere(folder: Path, name: str) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": name}}))
    assert f"names {name!r}" in refused(folder)


@pytest.mark.parametrize("index", ["[", "{}", "[]", '{"weight_map": 3}', '{"weight_map": {"a": []}}'])
def test_a_broken_index_is_named(folder: Path, index: str) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(index)
    assert "does not say which files hold the weights" in refused(folder)


@pytest.mark.parametrize("size", [0, 7, 30, -1])
def test_truncated_weights_are_named(folder: Path, size: int) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:size])
    assert str(path) in refused(folder)


def test_weights_with_something_after_them_are_named(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes() + b"more")
    assert "is broken: it has" in refused(folder)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "config.json is not JSON"),
        ("[]", "needs a `model_type`"),
        ('{"a": 1}', "needs a `model_type`"),
        ('{"model_type": 3}', "needs a `model_type`"),
    ],
)
def test_a_broken_config_is_named(folder: Path, content: str, said: str) -> None:
    (folder / "config.json").write_text(content)
    assert said in refused(folder)


def test_a_folder_without_a_config_is_told_what_it_is(folder: Path) -> None:
    (folder / "config.json").unlink()
    assert "it has no config.json" in refused(folder)
    (folder / "m.gguf").touch()
    assert str(folder / "m.gguf") in refused(folder)
    (folder / "adapter_config.json").touch()
    assert "an adapter alone" in refused(folder)


def test_no_weights_at_all(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "training_args.bin").touch()  # not weights
    assert "no weights that can be opened safely" in refused(folder)


def test_a_model_with_code_of_its_own_is_refused(folder: Path) -> None:
    configure(folder, model_type="my_bert", auto_map={"AutoModel": "modeling.MyBert"})
    assert "'my_bert'" in refused(folder)
    assert "Python code of its own, which tasktune never does" in refused(folder)
    configure(folder, model_type="my_bert")
    assert "not known to this transformers." in refused(folder)
    configure(folder, auto_map={"AutoModel": "modeling.MyBert"})  # a type that is built in needs no such code, and gets none
    check_model_folder(folder)


@pytest.mark.parametrize(
    "settings",
    [
        {"_attn_implementation": "someone/kernel"},
        {"attn_implementation": "someone/kernel"},
        {"encoder": {"_attn_implementation": "someone/kernel"}},
        {"attn_implementation": {"": "someone/kernel"}},
    ],
)
def test_kernels_from_the_hub_are_refused(folder: Path, settings: dict[str, object]) -> None:
    configure(folder, **settings)
    assert "code from the hub" in refused(folder)
    configure(folder, _attn_implementation="sdpa")
    check_model_folder(folder)


class Marker:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


def command_in(message: str) -> list[str]:
    (command,) = [line for line in message.splitlines() if " -c " in line]
    return shlex.split(command)


@pytest.mark.slow
def test_pickled_weights_are_refused_with_the_command_that_converts_them(folder: Path) -> None:
    import torch

    (folder / "model.safetensors").unlink()
    odd = folder.rename(folder.with_name("it's a $HOME folder"))  # survives a shell
    tied = torch.arange(4.0)
    torch.save({"state_dict": {"a": tied, "b": tied}, "epoch": 3}, odd / "pytorch_model-1.bin")
    torch.save({"c": torch.ones(2, 2).T}, odd / "pytorch_model-2.bin")
    message = refused(odd)
    assert "pytorch_model-1.bin, pytorch_model-2.bin" in message
    subprocess.run(next(line for line in message.splitlines() if " -c " in line), shell=True, check=True)  # noqa: S602
    check_model_folder(odd)
    assert {name: tensor.sum() for name, tensor in load_file(odd / "model.safetensors").items()} == {"a": 6, "b": 6, "c": 4}


@pytest.mark.slow
def test_the_command_runs_no_code_of_the_pickle(folder: Path, tmp_path: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"a": Marker(tmp_path / "ran")}))
    command = command_in(refused(folder))
    assert command[0] == sys.executable
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
    assert not (tmp_path / "ran").exists()
    assert not (folder / "model.safetensors").exists()
    pickle.loads((folder / "pytorch_model.bin").read_bytes())["a"].close()  # noqa: S301  the marker does work
    assert (tmp_path / "ran").exists()
