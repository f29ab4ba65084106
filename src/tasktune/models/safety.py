"""What must hold of a model's directory before it is opened: it is whole, and nothing in it can make code of its own run."""

from __future__ import annotations

import json
import re
import shlex
import sys
from typing import TYPE_CHECKING, Any

from tasktune.core import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PICKLED = (".bin", ".pt", ".pth", ".ckpt")
NOT_WEIGHTS = ("training_args.bin", "optimizer.pt", "optimizer.bin", "scheduler.pt", "scaler.pt")  # what trainers leave behind
WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"


def check_model_folder(folder: Path) -> None:
    """Refuse, with what to do instead, a folder that is no whole model or whose opening would run foreign code.

    Raises `InputError`.
    """
    config = _read_config(folder)
    if (folder / "adapter_config.json").is_file():  # which transformers would load without a word, from wherever it points to
        raise InputError(f"{folder} holds an adapter beside its model; merge it first (peft's `merge_and_unload`)")
    _refuse_foreign_code(folder, config)
    files = _weights(folder)
    if not files:
        raise _no_weights(folder)
    for file in files:
        _refuse_truncated(file)


def pickled_weights(folder: Path) -> list[Path]:
    """The files of a folder that hold pickled weights."""
    return [path for path in sorted(folder.iterdir()) if path.suffix in PICKLED and path.name not in NOT_WEIGHTS]


def refuse_pickled(files: list[Path]) -> InputError:
    """The error for pickled weights, with the command that makes safetensors of them.

    The command runs no code of the model: `weights_only=True` unpickles tensors and refuses everything else. Tied tensors are
    written once each; that costs room, never correctness.
    """
    code = (
        "import sys, torch, safetensors.torch as s; w = {}; "
        "[w.update(p.get('state_dict', p)) for p in (torch.load(f, 'cpu', weights_only=True) for f in sys.argv[2:])]; "
        "w = {k: v.clone().contiguous() for k, v in w.items() if isinstance(v, torch.Tensor)}; "
        "s.save_file(w, sys.argv[1], {'format': 'pt'})"
    )
    out = files[0].with_name(WEIGHTS)
    command = " ".join([shlex.quote(sys.executable), "-c", f'"{code}"', *(shlex.quote(str(path)) for path in (out, *files))])
    names = ", ".join(path.name for path in files)
    return InputError(
        f"{files[0].parent}: the weights ({names}) are pickled, and opening a pickle can run any code that was put into it. "
        f"Make safetensors of them, without running any, then try again:\n\n{command}\n"
    )


def _read_config(folder: Path) -> Mapping[str, Any]:
    path = folder / "config.json"
    if not path.is_file():
        raise _no_config(folder)
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is not JSON: {error}") from error
    if not isinstance(config, dict) or not isinstance(config.get("model_type"), str):
        raise InputError(f'{path} does not say what the model is: it needs a `model_type`, such as "bert" or "llama"')
    return config


def _no_config(folder: Path) -> InputError:
    if (folder / "adapter_config.json").is_file():
        return InputError(f"{folder} holds an adapter alone; merge it into its base model first (peft's `merge_and_unload`)")
    if ggufs := sorted(folder.glob("*.gguf")):
        return InputError(f"{folder} has no config.json, but a GGUF file can be given by itself: {ggufs[0]}")
    return InputError(f"{folder} is no model: it has no config.json, as a folder made by `save_pretrained` or `tasktune fit` has")


def _refuse_foreign_code(folder: Path, config: Mapping[str, Any]) -> None:
    """Code beside the weights (`auto_map`), and kernels that a config would have fetched from the hub, are never run."""
    kind = config["model_type"]
    if not _known(kind):
        own = ", and would have to run Python code of its own, which tasktune never does" if "auto_map" in config else ""
        raise InputError(
            f"{folder}: a model of type {kind!r} is not known to this transformers{own}. Use a type that is built in; a newer "
            "transformers may know this one."
        )
    for name, value in _settings(config):
        if ("attn_implementation" in name or "experts_implementation" in name) and isinstance(value, str) and "/" in value:
            raise InputError(f"{folder / 'config.json'} asks for code from the hub ({name}: {value}): take that out")


def _known(kind: str) -> bool:
    from transformers import CONFIG_MAPPING

    return kind in CONFIG_MAPPING


def _settings(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in config.items():
        yield name, value
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", found) for inner, found in _settings(value))


def _weights(folder: Path) -> list[Path]:
    """The safetensors files of a model: one, or those its index names. Raises `InputError` where one of these is missing."""
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    if not (folder / INDEX).is_file():
        return []
    try:
        names = sorted(set(json.loads((folder / INDEX).read_text(encoding="utf-8"))["weight_map"].values()))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise InputError(f"{folder / INDEX} does not say which files hold the weights: {error!r}") from error
    if outside := [name for name in names if not re.fullmatch(r"[\w.-]+\.safetensors", name)]:
        raise InputError(f"{folder / INDEX} names {outside[0]!r}, which is not a safetensors file beside it")
    if missing := [name for name in names if not (folder / name).is_file()]:
        raise InputError(f"{folder}: {len(missing)} of {len(names)} files of weights are missing: {', '.join(missing[:5])}")
    return [folder / name for name in names]


def _no_weights(folder: Path) -> InputError:
    if pickled := pickled_weights(folder):
        return refuse_pickled(pickled)
    return InputError(f"{folder}: there are no weights that can be opened safely: neither {WEIGHTS} nor {INDEX} is there.")


def _refuse_truncated(file: Path) -> None:
    """A safetensors file says in its header how long it is: 8 bytes with the header's length, the header, then the tensors."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        header = opened.read(length) if length <= size else b""
    try:
        tensors = json.loads(header)
        ends = [tensor["data_offsets"][1] for name, tensor in tensors.items() if name != "__metadata__"]
    except (ValueError, KeyError, AttributeError, TypeError):
        raise InputError(f"{file} is not a whole safetensors file: its header cannot be read. Fetch or copy it again.") from None
    expected = 8 + length + max(ends, default=0)
    if size != expected:
        raise InputError(f"{file} is broken: it has {size:,} of its {expected:,} bytes. Fetch or copy it again.")
