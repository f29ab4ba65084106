"""What gold and answer have in common, by name: the amounts behind accuracy, precision, recall and F1.

All figures here are arrays of shape (replicates,), as `core.Metric` has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any, NamedTuple


class Agreement(NamedTuple):
    """How many things were in both, in the gold and in the answer."""

    both: Any
    gold: Any
    said: Any

    @property
    def f1(self) -> Any:
        """2 both / (gold + said); undefined (nan) where there was nothing to find and nothing was found."""
        return ratio(2 * self.both, self.gold + self.said)

    @property
    def precision(self) -> Any:
        """both / said; 0, as conlleval counts it, where nothing was said though there was something to find."""
        return self._share(self.said)

    @property
    def recall(self) -> Any:
        """both / gold; 0, as conlleval counts it, where something was said though there was nothing to find."""
        return self._share(self.gold)

    def _share(self, whole: Any) -> Any:
        import numpy as np

        return np.where(self.gold + self.said > 0, self.both / np.maximum(whole, 1), np.nan)


def ratio(part: Any, whole: Any) -> Any:
    """part / whole, element by element; nan where whole is 0."""
    import numpy as np

    return np.where(whole == 0, np.nan, np.divide(part, whole))


def mean_of_defined(figures: Collection[Any]) -> Any:
    """The mean of several figures in each replicate, over those that are defined (not nan) there."""
    import numpy as np

    stacked = np.asarray(np.broadcast_arrays(*figures), dtype=float)
    return ratio(np.nansum(stacked, axis=0), np.sum(~np.isnan(stacked), axis=0))


def _itself(item: Hashable) -> Hashable:
    return item


def count(
    gold: Collection[Hashable], said: Collection[Hashable], name: Callable[[Any], Hashable] = _itself
) -> Counter[tuple[str, Hashable]]:
    """The amounts of one record: ("gold", n), ("said", n) and ("both", n) for each `name` n of the items given and found."""
    sides = {"gold": set(gold), "said": set(said), "both": set(gold) & set(said)}
    return Counter((side, name(item)) for side, items in sides.items() for item in items)


def by_name(sums: Mapping[Any, Any]) -> dict[Any, Agreement]:
    """The agreement on each name, sorted, from the sums of `count`'s amounts (amounts of other kinds are passed over)."""
    names = {key[1] for key in sums if isinstance(key, tuple)}
    return {n: Agreement(sums["both", n], sums["gold", n], sums["said", n]) for n in sorted(names)}


def in_all(agreements: Collection[Agreement]) -> Agreement:
    """The agreement on everything, names aside ("micro")."""
    return Agreement(*(sum(amounts) for amounts in zip(*agreements, strict=True))) if agreements else Agreement(0, 0, 0)
