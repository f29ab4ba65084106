"""What `import tasktune` offers: exactly `__all__`, documented, and loaded only when asked for."""

import inspect
import resource
import subprocess
import sys
from pathlib import Path

import pytest

import tasktune

HEAVY = ("torch", "transformers", "accelerate", "peft", "pyarrow", "pydantic", "sacrebleu", "rouge_score")
NOT_TO_ANSWER = (
    *("datasets", "nltk", "pandas", "peft", "pyarrow", "ray", "rouge_score", "sacrebleu", "sklearn"),
    *("transformers.trainer_utils", "tasktune.models.course", "tasktune.models.training"),
)
PATIENCE = 0.3  # seconds that `tasktune --help` may take


def fresh(code: str) -> str:
    """What a new interpreter prints that runs this code."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", tasktune.__all__)
def test_every_public_name_is_there_and_documented(name: str):
    thing = getattr(tasktune, name)
    assert name.startswith("__") or inspect.getdoc(thing)


def test_dir_shows_the_public_names():
    assert sorted(tasktune.__all__) == list(tasktune.__all__)
    assert set(tasktune.__all__) <= set(dir(tasktune))


def test_a_fresh_import_offers_nothing_else():
    shown = fresh("import tasktune; print(*[n for n in dir(tasktune) if not n.startswith('_')])").split()
    modules = {path.stem for path in Path(tasktune.__file__).parent.iterdir()}
    assert set(shown) - modules - {"annotations", "TYPE_CHECKING"} <= set(tasktune.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = tasktune.no_such_name


def test_types_are_offered():
    assert (Path(tasktune.__file__).parent / "py.typed").is_file()


@pytest.mark.parametrize("module", ["tasktune", "tasktune.cli", "tasktune.tasks.ner", "tasktune.datasets", "tasktune.readers"])
def test_importing_loads_nothing_heavy(module: str):
    loaded = fresh(f"import sys, {module}; print(*sys.modules)").split()
    assert not set(HEAVY) & set(loaded)


@pytest.mark.slow
def test_answering_loads_nothing_that_only_training_and_measuring_need():
    """Beyond what transformers itself loads for any model (torch, and Accelerate and scipy where they are)."""
    loaded = fresh("import sys, tasktune.models.model, tasktune.verbs.predict, tasktune.verbs.show; print(*sys.modules)").split()
    assert not set(NOT_TO_ANSWER) & set(loaded)


def test_help_is_instant():
    """Counted in processor time, and so soon one time of several, since the machine has other things to do as well."""
    command = [Path(sys.executable).with_name("tasktune"), "--help"]

    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    def seconds() -> float:
        before = spent()
        subprocess.run(command, capture_output=True, check=True)
        return spent() - before

    assert any(seconds() <= PATIENCE for _ in range(5))
