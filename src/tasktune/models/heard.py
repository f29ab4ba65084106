"""What a network was asked for the first of several metrics, and what it said, so that others do not ask the same again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, final

from tasktune.core import Metric, Record
from tasktune.models.inference import Answered

Asked = tuple[Record, int | None]
"""What a metric asks about, and where the first metric asks the same of the network, the number of that among its own."""


@final
@dataclass(frozen=True, slots=True)
class Heard:
    """What a network said, by the number of what the first metric asked. It goes by numbers, since processes that work together
    are given copies of records.
    """

    first: Metric[Any]
    wanted: set[int] = field(default_factory=set)
    said: dict[int, Answered] = field(default_factory=dict)

    def noted(self, beside: Sequence[tuple[Metric[Any], list[Asked]]], records: Iterable[Record]) -> Iterator[Record]:
        """What the first metric asks, while what each of the others asks is noted with it."""
        number = 0
        for record in records:
            asked = self.first.asked(record)
            for metric, noted in beside:
                if (metric.most is None or len(noted) < metric.most) and (own := metric.asked(record)) is not None:
                    noted.append((own, self._number(metric, own, asked, number)))
            if asked is not None:
                number += 1
                yield asked

    def _number(self, metric: Metric[Any], own: Record, asked: Record | None, number: int) -> int | None:
        """The number, where the metric asks what the first does; what is said is kept then."""
        if own is not asked or "likelihood" in (metric.of, self.first.of):
            return None
        self.wanted.add(number)
        return number

    def kept(self, said: Iterable[Answered]) -> Iterator[Answered]:
        """What is said for the first metric, while what others want to know is kept."""
        for number, one in enumerate(said):
            if number in self.wanted:
                self.said[number] = one
            yield one

    def again(self, asked: Sequence[Asked], said: Iterable[Answered]) -> Iterator[Answered]:
        """What is said of all that another metric asks, where `said` is what is said of the `unheard`."""
        others = iter(said)
        for _, number in asked:
            yield next(others) if number is None else self.said[number]


def unheard(asked: Iterable[Asked]) -> Iterator[Record]:
    """What of it the first metric did not ask."""
    return (record for record, number in asked if number is None)
