"""How instructions compare amounts, and read their keywords."""

from __future__ import annotations

import re
from typing import Literal

Relation = Literal["less than", "at least"]


def compares(count: int, relation: Relation, threshold: int) -> bool:
    """Whether an amount is less than a threshold, or at least that."""
    return count < threshold if relation == "less than" else count >= threshold


def expression(keyword: str) -> str:
    """The regular expression that a keyword is; where it is none (`:(`), the one of just that text."""
    try:
        re.compile(keyword)
    except re.error:
        return re.escape(keyword)
    return keyword
