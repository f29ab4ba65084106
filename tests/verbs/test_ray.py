"""Answering Parquet shards with Ray Data: the same answers in the same order, also where a worker is killed on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from forked import forked
from tasktune import InputError
from tasktune.core import Lost
from tasktune.models.shards import _Worker
from tasktune.readers.parquet import Piece, pieces, read_piece
from tasktune.verbs.predict import predict, predict_with_ray

pyarrow = pytest.importorskip("pyarrow", reason="the extra tasktune[parquet] is not installed")
from pyarrow import parquet  # noqa: E402

COMMAND = "from tasktune.models import shards; shards.PIECE = 100; from tasktune.cli import main; main()"


@pytest.fixture(scope="session")
def knowing(tuned: Callable[[str, str], Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that knows the example of named-entity recognition by heart."""
    return tuned("ner", "bert").save(tmp_path_factory.mktemp("knowing") / "model")


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """Four files of 1,000 texts each in row groups of 700; a text says where it stands."""
    folder = tmp_path / "shards"
    folder.mkdir()
    for k in range(4):
        texts = [f"Ada Lovelace met {k} and {row} in London" for row in range(1000)]
        parquet.write_table(pyarrow.table({"text": texts}), folder / f"{k}.parquet", row_group_size=700)
    return folder


def test_the_pieces_of_a_file_hold_every_row_once_in_order(shards: Path) -> None:
    cut = list(pieces(shards / "2.parquet", 300))
    assert [piece.stop - piece.start for piece in cut] == [300, 300, 100, 300]
    rows = [row for piece in cut for row in read_piece(piece)]
    assert [row.values["text"] for row in rows] == [f"Ada Lovelace met 2 and {row} in London" for row in range(1000)]
    assert [row.where for row in rows] == [f"{shards / '2.parquet'}:{number}" for number in range(1, 1001)]


def descendants(process: int) -> Iterator[Any]:
    """The workers that hold the model, among the processes that Ray has started."""
    import psutil

    for child in psutil.Process(process).children(recursive=True):
        try:
            if "MapWorker" in child.name():
                yield child
        except psutil.NoSuchProcess:
            continue


@pytest.mark.slow
def test_with_a_worker_killed_half_way_nothing_is_lost_or_answered_twice(knowing: Path, shards: Path) -> None:
    pytest.importorskip("ray", reason="the extra tasktune[ray] is not installed")
    running = forked(["-c", COMMAND, "predict", knowing, shards, "--engine", "ray"], os.environ)
    said = Path(running.folder.name, "out")
    while running.process.is_alive() and not (said.exists() and said.stat().st_size):
        time.sleep(0.05)
    next(descendants(running.process.pid)).kill()
    code, out, err = running.ended()
    assert code == 0, err
    answers = [json.loads(line) for line in out.splitlines()]
    assert [a["text"] for a in answers] == [f"Ada Lovelace met {k} and {row} in London" for k in range(4) for row in range(1000)]
    alone = [p.as_json() for p in predict(knowing, [a["text"] for a in answers[:200]])]
    assert [a["score"] for a in answers[:200]] == pytest.approx([a["score"] for a in alone], abs=1e-5)
    assert [[part["label"] for part in a["answer"]] for a in answers[:200]] == [
        [part["label"] for part in a["answer"]] for a in alone
    ]


DYING = """
import os
from tasktune.models import shards

class Dies:
    def __init__(self, *given): pass
    def __call__(self, piece): os._exit(1)

shards._Worker = Dies
from tasktune.cli import main
main()
"""


@pytest.mark.long
def test_a_piece_that_ends_every_worker_is_not_tried_for_ever(knowing: Path, shards: Path) -> None:
    command = [sys.executable, "-c", DYING, "predict", str(knowing), str(shards), "--engine", "ray"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "ended 4 workers, one after the other" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.long
def test_a_row_that_cannot_be_used_ends_it_with_its_place(knowing: Path, shards: Path) -> None:
    parquet.write_table(pyarrow.table({"text": ["fine", None]}), shards / "3.parquet")
    command = [sys.executable, "-c", COMMAND, "predict", str(knowing), str(shards), "--engine", "ray"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "3.parquet:2: no 'text' here" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_answers_a_piece_and_tells_what_is_lost(knowing: Path, shards: Path) -> None:
    worker = _Worker(knowing, {}, {"max_length": 8})
    done = worker(asdict(Piece(str(shards / "1.parquet"), group=0, before=0, start=5, stop=9)))
    assert [answer.record.id for answer in done["answers"]] == [f"{shards / '1.parquet'}:{row}" for row in range(6, 10)]
    assert sum(done["lost"].counts.values()) == 4
    assert done["refused"] == ""


def test_a_worker_tells_what_is_wrong_with_a_row_or_an_option(knowing: Path, shards: Path) -> None:
    piece = asdict(Piece(str(shards / "1.parquet"), group=0, before=0, start=0, stop=9))
    assert "no column 'nothing'" in _Worker(knowing, {"text": "nothing"}, {})(piece)["refused"]
    assert "there is no option 'epoch'" in _Worker(knowing, {}, {"epoch": 1})(piece)["refused"]


def test_a_folder_without_parquet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no Parquet files in it; --engine ray reads a file or a folder"):
        list(predict_with_ray(tmp_path, tmp_path, lost=Lost()))


def test_without_ray_it_says_what_to_install(knowing: Path, shards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setattr("tasktune.models.shards.os.environ", {})
    with pytest.raises(InputError, match=r"pip install 'tasktune\[ray\]'"):
        list(predict_with_ray(knowing, shards))
