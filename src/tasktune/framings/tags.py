"""`Tags`: one tag a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic

from tasktune.answers import Answer, Words
from tasktune.core import R
from tasktune.framings.names import Labels, sorted_names


def _any_order(before: str, after: str) -> bool:
    return True


@dataclass(frozen=True)
class Tags(Generic[R]):
    """One tag a word.

    `follows(a, b)` says whether tag b may come after tag a (a is "" at the start); `inventory` closes a set of tags under the
    scheme (`I-X` where there is `B-X`); `lost(record)` counts the parts of the answer that no tag sequence over its words can
    say.
    """

    text: Callable[[R], str]
    words: Callable[[R], Words]
    write: Callable[[R], tuple[str, ...]]
    read: Callable[[R, tuple[str, ...], Labels], Answer]
    follows: Callable[[str, str], bool] = _any_order
    inventory: Callable[[Iterable[str]], Labels] = sorted_names
    lost: Callable[[R], int] = lambda record: 0

    def names(self, record: R) -> Iterable[str]:
        """The tags that a record shows."""
        return self.write(record)
