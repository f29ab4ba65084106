"""`Label`: one label, several, or a number, for a text or a pair of texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal

from tasktune.core import R
from tasktune.framings.names import Labels, as_answered, as_given, sorted_names


@dataclass(frozen=True)
class Label(Generic[R]):
    """One label (`kind="one"`), several ("many") or a number ("number") for one text or a pair of texts."""

    texts: Callable[[R], tuple[str, ...]]
    kind: Literal["one", "many", "number"] = "one"
    write: Callable[[R], Any] = as_answered
    read: Callable[[R, Any, Labels], Any] = as_given

    def names(self, record: R) -> Iterable[str]:
        """The label names that a record shows."""
        written = self.write(record)
        shown: dict[str, Iterable[str]] = {"one": (written,), "many": written, "number": ()}
        return shown[self.kind]

    def inventory(self, names: Iterable[str]) -> Labels:
        """The label set that training data with these names makes."""
        return sorted_names(names)
