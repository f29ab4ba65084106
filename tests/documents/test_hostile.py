"""Files that are made to do harm: each is named, and what stands beside it is read. Nothing leaves the folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hostile_files import LOST, READ
from made_files import zipped
from tasktune.core import InputError, Lost
from tasktune.documents import found, read

_ALONE = """
import json, resource, sys
from tasktune.core import Lost
from tasktune.documents import found, read
from tasktune.documents.reading import _end_all
lost = Lost()
count = sum(1 for file in found(sys.argv[1], lost) for _ in read(file, lost))
_end_all()
print(json.dumps([count, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, lost.as_json()]))
"""


def spent(worker: int) -> float:
    """Seconds of a processor that a process has had."""
    fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.slow
@pytest.mark.parametrize("name", LOST)
def test_what_cannot_be_read_is_named_and_the_rest_is_read(reading, name: str):
    documents, lost = reading({"a.txt": "before", name: LOST[name](), "z.txt": "after"})
    assert [document.text for document in documents if document.text in ("before", "after")] == ["before", "after"]
    assert not [document for document in documents if "words" in document.text or "secret" in document.text]
    named = [record for noted in lost.as_json().values() for record in noted["records"]]
    assert named
    assert all(f"in/{name}" in record for record in named)


@pytest.mark.slow
@pytest.mark.parametrize("name", READ)
def test_what_takes_care_is_read(reading, name: str):
    documents, lost = reading({name: READ[name]()})
    assert len(documents) == 1
    assert lost.as_json() == {}


@pytest.mark.slow
def test_bombs_have_300_mebibytes_and_three_seconds(tmp_path: Path):
    """By the processor's clock, all of the time of the workers."""
    packed = {name: make for name, make in LOST.items() if name.rpartition(".")[2] in ("pdf", "zip", "docx", "epub", "gz")}
    for name, make in packed.items():
        (tmp_path / name).write_bytes(make())
    done = subprocess.run([sys.executable, "-c", _ALONE, str(tmp_path)], capture_output=True, text=True, check=True)
    _, mebibytes, lost = json.loads(done.stdout)
    assert mebibytes <= 300
    assert sum(noted["count"] for noted in lost.values()) >= len(packed)


def test_a_file_that_ends_the_worker_is_named_and_the_next_has_another(tmp_path: Path):
    (tmp_path / "a.pdf").write_bytes(LOST["operators.pdf"]())
    (tmp_path / "b.txt").write_text("after")
    lost, began = Lost(), time.process_time()
    texts = [document.text for file in found(tmp_path, lost) for document in read(file, lost)]
    assert texts == ["after"]
    assert [reason for reason in lost.counts if "as bombs do" in reason]
    assert time.process_time() - began < 1


def test_half_read_files_leave_nothing_behind(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n' * 10_000)
    lost = Lost()
    (file,) = found(tmp_path, lost)
    documents = read(file, lost)
    next(documents)
    documents.close()
    assert len([*read(file, lost)]) == 10_000


def test_links_lead_nowhere_out_of_the_folder(tmp_path: Path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/s.txt").write_text("secret")
    inside = tmp_path / "in"
    (inside / "sub").mkdir(parents=True)
    (inside / "a.txt").write_text("words")
    (inside / "out.txt").symlink_to(tmp_path / "secret/s.txt")
    (inside / "up.txt").symlink_to("../secret/s.txt")
    (inside / "outside").symlink_to(tmp_path / "secret")
    (inside / "sub/loop").symlink_to(inside)
    (inside / "self").symlink_to("self")
    (inside / "gone").symlink_to("nowhere")
    (inside / "again.txt").symlink_to("a.txt")
    for place in (inside, f"{inside}/**"):
        lost = Lost()
        assert [file.path.name for file in found(place, lost)] == ["a.txt"]
        assert lost.counts["a link that leads out of the folder"] == 3
        assert sum(lost.counts.values()) == 5


def test_a_file_that_becomes_a_link_is_not_followed(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "s.txt").write_text("secret")
    path = tmp_path / "in/a.txt"
    path.write_text("words")
    lost = Lost()
    (file,) = found(tmp_path / "in", lost)
    path.unlink()
    path.symlink_to(tmp_path / "s.txt")
    assert not [*read(file, lost)]
    assert sum(lost.counts.values()) == 1


def test_pipes_and_devices_are_no_files(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.txt")
    lost = Lost()
    assert not [*found(tmp_path, lost)]
    assert list(lost.counts) == ["neither a file nor a folder"]
    with pytest.raises(InputError, match="neither a file nor a folder"):
        list(found("/dev/zero", Lost()))


def test_names_that_cannot_be_printed_are_spelled(tmp_path: Path):
    raw = os.fsencode(tmp_path)
    for name in (b"two\nlines.txt", b"\xff\xfe.txt", "\u202egnp.txt".encode(), b"\x1b[2J.txt"):
        Path(os.fsdecode(raw + b"/" + name)).write_text("words")
    (tmp_path / "a.zip").write_bytes(zipped({"x\ny.txt": "words"}))
    lost = Lost()
    documents = [document for file in found(tmp_path, lost) for document in read(file, lost)]
    names = {document.source.rpartition("/")[2] for document in documents}
    assert names == {"two\\nlines.txt", "\\xff\\xfe.txt", "\\u202egnp.txt", "\\x1b[2J.txt", "a.zip#x\\ny.txt"}
    assert lost.as_json() == {}


def test_folders_may_be_deep(tmp_path: Path):
    place, name = tmp_path, "d" * 100
    for _ in range(30):
        place = place / name
    place.mkdir(parents=True)
    (place / "a.txt").write_text("words")
    descriptor = os.open(place, os.O_RDONLY)
    for _ in range(20):  # deeper than any path may be long
        os.mkdir(name, dir_fd=descriptor)
        below = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    lost = Lost()
    assert [file.path.name for file in found(tmp_path, lost)] == ["a.txt"]
    assert list(lost.counts) == ["File name too long"]
    subprocess.run(["rm", "-rf", tmp_path / name], check=True)


def test_half_of_a_surrogate_pair_is_told(reading):
    (document,), lost = reading({"a.jsonl": '{"text": "a\\ud800b"}'})
    assert document.text == "a\ufffdb"
    assert sum(lost.counts.values()) == 1
