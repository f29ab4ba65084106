"""Passages as points of Qdrant's: their words as sparse vectors, and what may be asked of them as conditions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

from tasktune.passages import Passage, Value
from tasktune.stores.base import K1, B, Where, several

_LENGTH: Final = 128.0  # words that a passage is taken to have in the mean


def number_of(word: str) -> int:
    """What stands for a word in sparse vectors, of which each index has 32 bits."""
    return int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "big")


def weighted(found: list[str]) -> Any:
    """The words of a passage, each with its part of BM25 that is the passage's."""
    from qdrant_client import models

    norm = K1 * (1 - B + B * len(found) / _LENGTH)
    weights = {number_of(word): times / (times + norm) for word, times in Counter(found).items()}
    return models.SparseVector(indices=list(weights), values=list(weights.values()))


def facet(key: str, value: Value | None) -> str:
    """A key and its value as one string, so that any key can be asked for; 1 and 1.0 are equal, 1 and true are not."""
    return json.dumps([key, int(value) if isinstance(value, float) and value.is_integer() else value])


def facets(passage: Passage) -> list[str]:
    """All that a passage may be asked for by."""
    facets = {**passage.metadata, "source": passage.source, "page": passage.page}
    return [facet(key, value) for key, value in facets.items()]


def matching(having: Mapping[str, str | int]) -> Any:
    """The condition that a point has these values."""
    from qdrant_client import models

    return models.Filter(
        must=[models.FieldCondition(key=key, match=models.MatchValue(value=value)) for key, value in having.items()]
    )


def passing(where: Where | None) -> Any:
    """The condition that a passage is what is asked for; `None` where all are."""
    from qdrant_client import models

    conditions: list[Any] = []
    for key, wanted in (where or {}).items():
        any_of = models.MatchAny(any=[facet(key, each) for each in several(wanted)])
        conditions.append(models.FieldCondition(key="facets", match=any_of))
    return models.Filter(must=conditions) if conditions else None


def passage_of(point: Any) -> Passage:
    """The passage that a point is of."""
    given = point.payload["passage"]
    return Passage(**{**given, "titles": tuple(given["titles"])})
