"""Composition over inheritance: two levels at most, and a class is either abstract or final."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

import tasktune


def modules() -> Iterator[str]:
    return (
        module.name for module in pkgutil.walk_packages(tasktune.__path__, "tasktune.") if not module.name.endswith("__main__")
    )


@pytest.fixture(scope="module")
def classes() -> list[type]:
    """Every class that the package defines. Only who asks this imports all of it."""
    loaded = [importlib.import_module(name) for name in modules()]
    found = {c for module in loaded for c in vars(module).values() if inspect.isclass(c) and c.__module__ == module.__name__}
    return sorted(found, key=named)


def named(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def ours(kind: type) -> list[type]:
    """The classes of this package that a class is made of, itself included."""
    return [c for c in kind.__mro__ if c.__module__.startswith("tasktune.")]


def test_there_are_classes(classes: list[type]):
    assert len(classes) > 20


def test_inheritance_is_two_levels_deep_at_most(classes: list[type]):
    assert not {named(kind): " → ".join(map(named, ours(kind))) for kind in classes if len(ours(kind)) > 2}


def test_only_abstract_classes_and_errors_are_inherited_from(classes: list[type]):
    def concrete(kind: type) -> list[str]:
        return [named(base) for base in ours(kind)[1:] if not inspect.isabstract(base) and not issubclass(base, Exception)]

    assert not {named(kind): found for kind in classes if (found := concrete(kind))}
