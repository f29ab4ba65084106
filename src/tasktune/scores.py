"""What an evaluation comes to: figures, their intervals, and which of two evaluations is the better one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isnan


@dataclass(frozen=True, slots=True)
class Score:
    """One figure and its 95 % interval. Both ends are `nan` where none can be had (fewer than two records)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of one evaluation. `primary` names the one that decides which model is better.

    `signatures` say of some figures how they were counted, where scorers differ: only figures of one signature compare.
    """

    primary: str
    values: Mapping[str, Score]
    higher_is_better: bool = True
    signatures: Mapping[str, str] = field(default_factory=dict)

    @property
    def main(self) -> Score:
        """The primary figure."""
        return self.values[self.primary]

    def better_than(self, other: Scores | None) -> bool:
        """Whether the primary figure beats that of `other` (anything beats nothing, and an undefined figure)."""
        if other is None or isnan(other.main.value):
            return True
        mine, theirs = self.main.value, other.main.value
        return mine > theirs if self.higher_is_better else mine < theirs
