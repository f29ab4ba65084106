from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasktune.stores import Store, open_store


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of one's own, from what pgserver brings; started as nobody where we are root."""
    psycopg = pytest.importorskip("psycopg")
    spec = importlib.util.find_spec("pgserver")
    if spec is None or spec.origin is None:
        pytest.skip("pgserver is not installed")
    programs = Path(spec.origin).parent / "pginstall" / "bin"
    folder = Path(tempfile.mkdtemp(prefix="postgres"))
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else None
    of = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    made = [programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "--locale=C"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True, **of)
    run = [programs / "postgres", "-D", folder / "data", "-c", "listen_addresses=", "-k", folder, "-F"]
    server = subprocess.Popen(run, cwd=folder, stderr=subprocess.DEVNULL, **of)
    address = f"postgresql://postgres@/postgres?host={folder}"
    try:
        for _ in range(600):
            try:
                psycopg.connect(address).close()
                break
            except psycopg.OperationalError:
                time.sleep(0.05)
        yield address
    finally:
        server.send_signal(2)  # fast shutdown
        server.wait(30)
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgres", "qdrant"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be made; there is none yet."""
    if request.param == "sqlite":
        return str(tmp_path / "kb.db")
    if request.param == "qdrant":
        pytest.importorskip("qdrant_client")
        return f"qdrant:{tmp_path}"
    import psycopg

    address = str(request.getfixturevalue("postgres"))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning; DROP SCHEMA IF EXISTS tasktune CASCADE")
    return address


@pytest.fixture
def shared_place(place: str) -> str:
    """The same, where several may open it at once."""
    if place.startswith("qdrant"):
        pytest.skip("a folder of Qdrant's is one process's")
    return place


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    with open_store(place, "write") as opened:
        yield opened
