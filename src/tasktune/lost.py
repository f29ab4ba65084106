"""What could not be used, counted: nothing is lost silently."""

from __future__ import annotations

from collections import Counter
from typing import Any


class Lost:
    """Counts what could not be used, by reason, and remembers the first few records by id: nothing is lost silently."""

    SHOWN = 5

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}

    def add(self, reason: str, record_id: str, amount: int = 1) -> None:
        """Note that `amount` things of record `record_id` were lost for `reason`."""
        self.counts[reason] += amount
        shown = self.examples.setdefault(reason, [])
        if len(shown) < self.SHOWN and record_id not in shown:
            shown.append(record_id)

    def join(self, other: Lost, of: str = "") -> None:
        """Note after one's own what another has noted, which is that of `of` (a task, say) where there are several."""
        for reason, ids in other.examples.items():
            for k, record_id in enumerate(ids):
                self.add(f"{of}: {reason}" if of else reason, record_id, 0 if k else other.counts[reason])

    def as_json(self) -> dict[str, Any]:
        """`{reason: {"count": n, "records": [first ids]}}`."""
        return {r: {"count": n, "records": self.examples[r]} for r, n in sorted(self.counts.items())}
