"""A folder in the cache is whole or not there, whoever makes it, however it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasktune.core import InputError
from tasktune.models.cache import cache_folder, discard_broken, intact, once, whole


def make_one(work: Path) -> Path:
    out = work / "made"
    out.mkdir()
    (out / "weights").write_bytes(b"12345")
    return out


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def test_is_where_the_environment_says(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_folder() == cache
    monkeypatch.setenv("TASKTUNE_CACHE", "")
    assert cache_folder() == Path.home() / ".cache" / "tasktune" / "models"


def test_makes_once_and_leaves_nothing_else(cache: Path) -> None:
    made = once(cache / "a", make_one)
    assert names(cache) == ["a"]
    assert names(made) == ["fetched.json", "weights"]
    assert once(cache / "a", lambda work: pytest.fail("made twice")) == made


@pytest.mark.parametrize("failure", [KeyboardInterrupt, InputError, RuntimeError])
def test_nothing_is_there_after_a_failure(cache: Path, failure: type[BaseException]) -> None:
    def fails(work: Path) -> Path:
        make_one(work)
        raise failure

    with pytest.raises(failure):
        once(cache / "a", fails)
    assert names(cache) == []


def test_a_killed_process_leaves_nothing_that_is_used(cache: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from tasktune.models.cache import once\n"
        "def make(work):\n"
        "    (work / 'half').write_text('half'); print('ready', flush=True); time.sleep(60)\n"
        "once(Path(sys.argv[1]), make)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(cache / "a")], stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not whole(cache / "a")
    assert len(names(cache)) == 1  # its parts
    once(cache / "a", make_one)
    assert names(cache) == ["a"]


def test_two_processes_make_it_once(cache: Path, tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from tasktune.models.cache import once\n"
        "def make(work):\n"
        "    open(sys.argv[2], 'a').write('made ')\n"
        "    time.sleep(0.5); (work / 'made').mkdir(); (work / 'made' / 'a').touch(); return work / 'made'\n"
        "once(Path(sys.argv[1]), make)\n"
    )
    command = [sys.executable, "-c", code, str(cache / "a"), str(tmp_path / "log")]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(30) for process in processes] == [0, 0, 0]
    assert (tmp_path / "log").read_text() == "made "


def test_a_file_cut_short_is_noticed_and_made_anew(cache: Path) -> None:
    made = once(cache / "a", make_one)
    (made / "weights").write_bytes(b"123")
    assert not whole(made)
    once(cache / "a", make_one)
    assert (made / "weights").read_bytes() == b"12345"


def test_a_changed_byte_is_noticed_when_all_is_read(cache: Path) -> None:
    made = once(cache / "a", make_one)
    discard_broken(made)
    assert intact(made)
    (made / "weights").write_bytes(b"12340")
    assert whole(made)
    assert not intact(made)
    discard_broken(made)
    assert not made.exists()


@pytest.mark.parametrize("seal", ["", "[", "{}", '{"weights": 5}', "7"])
def test_a_broken_seal_is_no_seal(cache: Path, seal: str) -> None:
    made = once(cache / "a", make_one)
    (made / "fetched.json").write_text(seal)
    assert not whole(made)
    assert once(cache / "a", make_one) == made
    assert intact(made)


def test_a_disk_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot write the model to .*/file/a \(.*\)\. Make room .*TASKTUNE_CACHE"):
        once(tmp_path / "file" / "a", make_one)
