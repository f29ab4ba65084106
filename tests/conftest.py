"""What all tests stand on: no network, few threads, the shared data where it is there, hypothesis without surprises."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tests run side by side; set before torch is imported

import gc
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("here", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_finish() -> None:
    """What is there before the first test (torch, transformers, all tests) stays: to have the collector of garbage look through
    it again and again would be a twelfth of what tests take.
    """
    gc.freeze()


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real data beside the repository, where it was put there; tests that want it are skipped elsewhere."""
    data = ROOT.parent / "shared" / "data"
    if not data.is_dir():
        pytest.skip(f"needs the shared data, and there is none at {data}")
    return data


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """Gives the folder of a tiny random model by its name in `TINY` or `TINY_SEEING`, made when it is first asked for.

    All of its layers begin at random, and so all learn at one rate.
    """
    from families import TINY  # imports transformers, which most tests can do without
    from families_seeing import TINY_SEEING
    from tasktune.models import course

    place = tmp_path_factory.mktemp("tiny")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(course, "NEW_LAYERS", 1.0)
        yield cache(lambda name: {**TINY, **TINY_SEEING}[name].save(place / name))


@pytest.fixture(scope="session")
def untaught(tiny: Callable[[str], Path]) -> Callable[[str, str], Any]:
    """Gives a tiny model as it begins for a task's example, by the names of task and model: one for all who only ask it."""
    from cases import untrained
    from tasktune.tasks import task

    return cache(lambda name, kind: untrained(task(name), tiny(kind)))


@pytest.fixture(scope="session")
def tuned(tiny: Callable[[str], Path]) -> Callable[[str, str], Any]:
    """Gives a tiny model that knows a task's example by heart, by the names of task and model, trained when first asked for."""
    from cases import KNOWING, example
    from tasktune.verbs.fit import fit

    return cache(lambda name, kind: fit(name, example(name), example(name), str(tiny(kind)), recipe=KNOWING))
