"""Files that are made to do harm: each is named, and what stands beside it is read. Nothing leaves the folder."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hostile_files import LOST, READ, busy_pdf, repeated_page_pdf
from made_files import zipped
from tasktune.core import InputError, Lost
from tasktune.documents import found, read, reading, worker

_ALONE = """
import json, resource, sys
from tasktune.core import InputError, Lost
from tasktune.documents import found, read
from tasktune.documents.reading import _end_all
lost = Lost()
lost.SHOWN = 1000
documents = [document for file in found(sys.argv[1], lost) for document in read(file, lost)]
_end_all()
mebibytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(json.dumps([[(document.source, document.text[:99]) for document in documents], mebibytes, lost.as_json()]))
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[tuple[str, str]], int, list[str]]:
    """What is read of a folder of hostile files and two others, the most memory that a worker had, and what is named as lost."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, make in {**LOST, **READ, "a.txt": lambda: b"before", "z.txt": lambda: b"after"}.items():
        (folder / name).write_bytes(make())
    done = subprocess.run([sys.executable, "-c", _ALONE, str(folder)], capture_output=True, text=True, check=True)
    documents, mebibytes, lost = json.loads(done.stdout)
    named = [Path(record).relative_to(folder) for noted in lost.values() for record in noted["records"]]
    return [(str(Path(source).relative_to(folder)), text) for source, text in documents], mebibytes, [str(name) for name in named]


@pytest.mark.slow
@pytest.mark.parametrize("name", LOST)
def test_what_cannot_be_read_is_named(outcome, name: str):
    documents, _, lost = outcome
    assert [record for record in lost if record.startswith(name)]
    assert not [text for source, text in documents if source.startswith(name) and ("words" in text or "secret" in text)]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*READ, "a.txt", "z.txt"])
def test_what_takes_care_is_read(outcome, name: str):
    documents, _, lost = outcome
    assert [source.partition("#")[0] for source, _ in documents].count(name) == 1
    assert not [record for record in lost if record.startswith(name)]


@pytest.mark.slow
def test_no_worker_has_more_than_300_mebibytes(outcome):
    assert outcome[1] <= 300


@pytest.mark.slow
def test_a_file_that_ends_the_worker_is_named_and_the_next_has_another(tmp_path: Path):
    (tmp_path / "a.pdf").write_bytes(busy_pdf())
    (tmp_path / "b.txt").write_text("after")

    def spent(place: Path, lost: Lost) -> tuple[list[str], float]:
        """What is read, and the CPU seconds of all workers that it took, which end with it."""
        reading._end_all()
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        texts = [document.text for file in found(place, lost) for document in read(file, lost)]
        reading._end_all()
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return texts, ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime

    lost = Lost()
    texts, seconds = spent(tmp_path, lost)
    assert texts == ["after"]
    assert [reason for reason in lost.counts if "as bombs do" in reason]
    _, alone = spent(tmp_path / "b.txt", Lost())
    assert seconds - 2 * alone <= 3  # two workers start, and one is stopped after 2.5 s


def test_a_page_that_is_listed_many_times_is_read_once(tmp_path: Path):
    (tmp_path / "a.pdf").write_bytes(repeated_page_pdf(50))
    lost = Lost()
    (document,) = [document for file in found(tmp_path, lost) for document in read(file, lost)]
    assert (document.text.split(), len(document.pages)) == (["word"], 50)
    assert lost.counts == {"a page of a PDF that is another once more": 49}


def test_half_read_files_leave_nothing_behind(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n' * 10_000)
    lost = Lost()
    (file,) = found(tmp_path, lost)
    documents = read(file, lost)
    next(documents)
    documents.close()
    assert len([*read(file, lost)]) == 10_000


def test_several_are_read_at_once(tmp_path: Path):
    for number in range(12):
        (tmp_path / f"{number:02}.txt").write_text(f"words {number}")
    lost = Lost()
    with ThreadPoolExecutor(3) as threads:
        several = [*threads.map(lambda file: [*read(file, lost)], found(tmp_path, lost))]
    assert [document.text for documents in several for document in documents] == [f"words {number}" for number in range(12)]


OUT = "a link that leads out of the folder (name what it points to, if that is meant)"


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
        assert lost.counts[OUT] == 3
        assert sum(lost.counts.values()) == 5


@pytest.mark.parametrize("place", ["in/out.txt", "in/outside", "in/outside/s.txt", "in/outside/*.txt"])
def test_links_that_a_shell_has_found_lead_nowhere_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str):
    monkeypatch.chdir(tmp_path)
    for name in ("secret/s.txt", "in/a.txt"):
        Path(name).parent.mkdir()
        Path(name).write_text(name)
    Path("in/out.txt").symlink_to(tmp_path / "secret/s.txt")
    Path("in/outside").symlink_to("../secret")
    lost = Lost()
    assert [file.source for file in found([place, "in/a.txt"], lost)] == ["in/a.txt"]
    assert [*lost.counts] == [OUT]
    assert [file.source for file in found("secret", Lost())] == ["secret/s.txt"]


def test_what_a_link_in_its_folder_points_to_has_its_own_name_or_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("in/sub").mkdir(parents=True)
    Path("in/sub/a.txt").write_text("words")
    Path("in/link.md").symlink_to("sub/a.txt")
    Path("in/folder").symlink_to("sub")
    for place in ("in/link.md", "in/folder", "in"):
        assert [file.source for file in found(place, Lost())] == ["in/sub/a.txt"]
    lost = Lost()
    with pytest.raises(InputError, match="no such file"):
        [*found("in/*.md", lost)]
    assert lost.as_json() == {"a link to a file that is not named so": {"count": 1, "records": ["in/link.md"]}}


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


def test_no_half_of_a_surrogate_pair_is_left_anywhere(reading):
    cell = {"cell_type": "markdown", "source": ["# T\ud800\n\nwords"]}
    made = {"a.jsonl": '{"text": "a", "k\\ud800": "v"}', "b.ipynb": json.dumps({"cells": [cell]})}
    row, notebook = reading(made)[0]
    assert [*row.metadata] == ["k\ufffd"]
    assert [heading.title for heading in notebook.headings] == ["T\ufffd"]


def test_numbers_that_json_has_not_are_texts(reading):
    (document,), _ = reading({"a.jsonl": '{"text": "a", "x": NaN, "y": Infinity, "z": 0.5}'})
    assert document.metadata == {"x": "NaN", "y": "Infinity", "z": 0.5}


def test_many_comments_are_looked_through_once(reading):
    (document,), lost = reading({"a.md": "<!-- words -->\n" * 60 + "text"})
    assert (document.text.count("<!--"), lost.as_json()) == (60, {})


def test_names_longer_than_any_folder_has_are_told(reading):
    documents, lost = reading({"a.zip": zipped({"x" * 3000 + ".txt": b"words", "b.txt": b"after"})})
    assert [document.text for document in documents] == ["after"]
    assert [*lost.counts] == ["a name of more than 2000 bytes"]


def test_small_files_have_as_long_as_a_part_of_them_and_books_as_they_are_long():
    assert [worker.seconds(size) for size in (0, 2**17, 2**20, 2**24)] == [2.5, 2.5, 20, 320]
