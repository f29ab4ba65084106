"""Answering Parquet files on many machines: Ray Data hands pieces of them to workers that each hold the model.

A piece whose worker dies is given to another one, and answers come back in the order of the input, so nothing is lost or answered
twice. The workers open the model and the files by path: on several machines both lie on storage that all of them share.

Ray runs on this machine alone unless `RAY_ADDRESS` names a cluster. It then listens on loopback only, with no dashboard, and it
never sends usage statistics.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, final

from tasktune.core import InputError, Lost
from tasktune.datasets import questions
from tasktune.models.model import Model, load
from tasktune.models.prediction import Prediction
from tasktune.readers.parquet import Piece, pieces, read_piece

PIECE = 1024
"""Rows that a worker is given at once: seconds of work, so that little is done again where a worker dies."""

_RETRIES = 3
_IMPORTED = 1 << 30  # bytes that a worker takes beside its weights: Python, torch and a batch


def answer_shards(
    folder: Path, data: Path, mapping: Mapping[str, str], changes: Mapping[str, Any], lost: Lost
) -> Iterator[Prediction]:
    """The answers of the model in `folder`, under its own recipe with `changes`, to a Parquet file or a folder of them.

    They come in the order of the rows, the files by name. Raises `InputError` without Ray, and as `predict` does.
    """
    work = [asdict(piece) for shard in _shards(data) for piece in pieces(shard, PIECE)]
    if not work:
        return
    with _ray() as ray:
        workers = _workers(ray.cluster_resources(), folder)
        answered = ray.data.from_items(work, override_num_blocks=len(work)).map(
            _Worker,
            fn_constructor_args=(folder.absolute(), dict(mapping), dict(changes)),
            ray_remote_args_fn=lambda: {"max_task_retries": _RETRIES},  # Ray Data's own are without end
            **workers,
        )
        try:
            for done in answered.iter_rows():
                if done["refused"]:
                    raise InputError(done["refused"])
                lost.join(done["lost"])
                yield from done["answers"]
        except (ray.exceptions.RayActorError, ray.exceptions.OutOfMemoryError) as wrong:
            raise InputError(
                f"{data}: a piece of it ended {_RETRIES + 1} workers, one after the other, which may have had too little memory: "
                "give it a lower --token-budget or --max-length, or run it where there is more"
            ) from wrong


def _shards(data: Path) -> list[Path]:
    found = sorted(data.absolute().glob("*.parquet")) if data.is_dir() else [data.absolute()]
    if not found:
        raise InputError(f"{data} has no Parquet files in it; --engine ray reads a file or a folder of files *.parquet")
    return found


@contextmanager
def _ray() -> Iterator[Any]:
    """Ray, connected to the cluster that `RAY_ADDRESS` names, or started here and ended with the block."""
    address = os.environ.get("RAY_ADDRESS")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what matters comes back as an exception
    if address is None:
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # Ray's switch for loopback, on Linux too
    try:
        import ray
        import ray.data
    except ImportError:
        raise InputError("--engine ray needs Ray, which is not there: pip install 'tasktune[ray]'") from None
    ray.init(address or "local", include_dashboard=None if address else False, log_to_driver=False, logging_level=logging.ERROR)
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    ray._private.worker._worker_logs_enabled = False  # it tells of dead workers on standard output, where the answers go
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    try:
        yield ray
    finally:
        ray.shutdown()


def _workers(there: Mapping[str, float], folder: Path) -> dict[str, Any]:
    """A worker an accelerator, or a core where there are none; on cores no more than memory has room for."""
    from ray.data import ActorPoolStrategy

    if accelerators := int(there.get("GPU", 0)):
        return {"num_gpus": 1, "compute": ActorPoolStrategy(size=accelerators)}
    weights = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    room = int(there["memory"] // (weights + _IMPORTED))
    return {"num_cpus": 1, "compute": ActorPoolStrategy(size=max(1, min(int(there["CPU"]), room)))}


@final
class _Worker:
    """A process that holds the model. Ray gives it a core or an accelerator of its own, and threads to suit."""

    def __init__(self, folder: Path, mapping: Mapping[str, str], changes: Mapping[str, Any]) -> None:
        self.folder, self.mapping, self.changes = folder, mapping, changes

    @cached_property
    def model(self) -> Model:
        """The model, opened with the first piece: what is wrong with it is then told like what is wrong with a row."""
        return load(self.folder, self.changes)

    def __call__(self, given: dict[str, Any]) -> dict[str, Any]:
        """The answers to a piece and what was lost, or why it is refused: input that is wrong is not to be tried again."""
        lost = Lost()
        try:
            asked = questions(self.model.task, read_piece(Piece(**given)), self.mapping, known=self.model.columns)
            return {"refused": "", "lost": lost, "answers": list(self.model.stream(asked, lost))}
        except InputError as wrong:
            return {"refused": str(wrong), "lost": Lost(), "answers": []}
