"""What is claimed of a work, what was measured of it, and whether that holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from engine.pairs import Outcome, Turn


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure and its bar. `values` are one a pair, or one in all; none where it could not be measured.

    `cpu` are the same ratios in CPU time, `rates` the median amounts a second of both sides, `share` what part of the machine's
    own limit ours is, as far as these apply.
    """

    what: str
    against: str
    bar: float
    at_least: bool = True
    values: Sequence[float] = ()
    cpu: Sequence[float] = ()
    rates: Sequence[float] = ()
    share: float | None = None
    notes: str = field(default="")

    @property
    def reached(self) -> float | None:
        """The median of the values."""
        return median(self.values) if self.values else None

    @property
    def met(self) -> bool:
        """Whether the bar is reached."""
        reached = self.reached
        return reached is not None and (reached >= self.bar if self.at_least else reached <= self.bar)


def faster(outcome: Outcome, ours: str, theirs: str, bar: float, unit: str, limit: float | None = None) -> Claim:
    """How many times as much one side does in a second as another, pair by pair. `limit` is the machine's own rate."""
    mine, others = outcome.turns.get(ours, []), outcome.turns.get(theirs, [])
    pairs = list(zip(mine, others, strict=False))
    rate = [median(map(speed, side)) for side in (mine, others)] if pairs else []
    return Claim(
        what=f"× {unit}/s, {ours}",
        against=theirs,
        bar=bar,
        values=[speed(a) / speed(b) for a, b in pairs],
        cpu=[thrift(a) / thrift(b) for a, b in pairs if a.cpu and b.cpu],
        rates=rate,
        share=rate[0] / limit if rate and limit else None,
    )


def speed(turn: Turn) -> float:
    """Work a second."""
    return turn.amount / turn.seconds


def thrift(turn: Turn) -> float:
    """Work a second of CPU time."""
    return turn.amount / turn.cpu


def memory(outcome: Outcome, ours: str, theirs: str) -> Claim:
    """The peak of memory beside the other side's: no more, as far as 1 % of noise in pages goes."""
    peaks = [max((turn.peak for turn in outcome.turns.get(side, [])), default=0.0) for side in (ours, theirs)]
    values = [peaks[0] / peaks[1]] if all(peaks) else []
    return Claim(
        f"peak memory, {ours}", theirs, 1.01, at_least=False, values=values, notes=" against ".join(f"{p:.0f} MiB" for p in peaks)
    )
