"""What people say of two systems' answers: how often one is preferred, and how far those who say so agree.

Agreement is over nominal categories ("a", "b", "tie"): Krippendorff's alpha (2004) for any number of raters, of whom some may
have left items out; Cohen's kappa (1960) where there are two, and Fleiss' (1971) where each item has as many. 1 is full
agreement, 0 what chance alone would bring. An agreement that has no ground (nobody ever chose but one category) is nan.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio

A, B, TIE = "a", "b", "tie"
_WORTH = {A: 1.0, TIE: 0.5, B: 0.0}

Choices = Mapping[str, str]
"""What each rater chose for one item."""


def _count(record: Any, choices: Sequence[str]) -> Counts:
    said = Counter(choices)
    shares = {choice: said[choice] / len(choices) for choice in _WORTH}
    return {"items": 1, "won": sum(_WORTH[choice] * share for choice, share in shares.items()), **shares}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    names = {"win_rate": "won", "preferred": A, "ties": TIE, "other_preferred": B}
    return {name: ratio(sums[amount], sums["items"]) for name, amount in names.items()}


preference: Metric[Any] = Metric("preference", "win_rate", _count, _score)
"""win_rate of a over b, ties counted half, and the shares of items where a, neither and b is preferred.

An "answer" is what the raters of an item chose, of whom each counts alike; intervals are over items.
"""


def agreements(items: Sequence[Choices]) -> dict[str, float]:
    """Each measure of agreement that the ratings allow, over the items that two raters or more have rated; none of none."""
    rated = [choices for choices in items if len(choices) > 1]
    if not rated:
        return {}
    raters = {rater for choices in rated for rater in choices}
    found = {"krippendorff_alpha": alpha(rated)}
    if len(raters) == 2:
        found["cohen_kappa"] = cohen(rated)
    if len({len(choices) for choices in rated}) == 1:
        found["fleiss_kappa"] = fleiss(rated)
    return found


def alpha(items: Sequence[Choices]) -> float:
    """Krippendorff's alpha: 1 - observed / expected disagreement, over pairs of ratings of the same item."""
    observed, totals = 0.0, Counter[str]()
    for choices in items:
        said = Counter(choices.values())
        totals += said
        observed += sum(n * (len(choices) - n) for n in said.values()) / (len(choices) - 1)
    n = totals.total()
    expected = sum(times * (n - times) for times in totals.values()) / (n - 1)
    return 1 - observed / expected if expected else math.nan


def cohen(items: Sequence[Choices]) -> float:
    """Cohen's kappa of the two raters: the share on which they agree, beyond that of two who choose as often but at random."""
    one, other = sorted({rater for choices in items for rater in choices})
    agreed = sum(choices[one] == choices[other] for choices in items) / len(items)
    ones, others = (Counter(choices[rater] for choices in items) for rater in (one, other))
    return _beyond_chance(agreed, sum(ones[choice] * others[choice] for choice in ones) / len(items) ** 2)


def fleiss(items: Sequence[Choices]) -> float:
    """Fleiss' kappa: the mean share of pairs of ratings that agree, beyond what the categories' shares would bring."""
    ratings, totals, agreed = len(items[0]), Counter[str](), 0.0
    for choices in items:
        said = Counter(choices.values())
        totals += said
        agreed += sum(n * (n - 1) for n in said.values()) / (ratings * (ratings - 1))
    chance = sum((times / totals.total()) ** 2 for times in totals.values())
    return _beyond_chance(agreed / len(items), chance)


def _beyond_chance(agreed: float, chance: float) -> float:
    return (agreed - chance) / (1 - chance) if chance < 1 else math.nan
