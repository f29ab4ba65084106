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


def classes() -> list[type]:
    """Every class that the package defines."""
    loaded = [importlib.import_module(name) for name in modules()]
    found = {c for module in loaded for c in vars(module).values() if inspect.isclass(c) and c.__module__ == module.__name__}
    return sorted(found, key=lambda c: f"{c.__module__}.{c.__qualname__}")


CLASSES = classes()
each_class = pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")


def ours(kind: type) -> list[type]:
    """The classes of this package that a class is made of, itself included."""
    return [c for c in kind.__mro__ if c.__module__.startswith("tasktune.")]


def test_there_are_classes():
    assert len(CLASSES) > 20


@each_class
def test_inheritance_is_two_levels_deep_at_most(kind: type):
    assert len(ours(kind)) <= 2, f"{' → '.join(c.__name__ for c in ours(kind))}"


@each_class
def test_only_abstract_classes_and_errors_are_inherited_from(kind: type):
    concrete = [base for base in ours(kind)[1:] if not inspect.isabstract(base) and not issubclass(base, Exception)]
    assert not concrete, f"{kind.__name__} inherits from concrete {concrete}"
