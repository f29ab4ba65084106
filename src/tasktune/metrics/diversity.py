"""How varied texts are, and how much they repeat themselves: what greedy writing is known to fail in, whatever its likelihood.

A word is a run of letters and digits in lower case, or any other sign; Chinese and Japanese are counted by the character.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tasktune.answers import CJK
from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio

MOST = 200
"""Texts to write, at most: the more there are, the fewer of their words are new, so that only as many texts compare."""

_LONG = 4
_WORD = re.compile(rf"[{CJK}]|(?:(?![{CJK}])\w)+|[^\w\s]")


def _parts(said: Sequence[str], length: int) -> list[tuple[str, ...]]:
    """The runs of so many words, one from each word on that has enough behind it."""
    return [tuple(said[k : k + length]) for k in range(len(said) - length + 1)]


def _count(record: Any, text: str | None) -> Counts:
    said = _WORD.findall((text or "").lower())
    runs = _parts(said, _LONG)
    repeated = {"long": 1, "repeated": 1 - len(set(runs)) / len(runs)} if runs else {}
    return {"texts": 1, "words": said, **repeated}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    return {
        "distinct_1": _distinct(sums["words"], 1, sums["texts"]),
        "distinct_2": _distinct(sums["words"], 2, sums["texts"]),
        "repetition_4": ratio(sums["repeated"], sums["long"]),
    }


def _distinct(texts: Sequence[Sequence[str]], length: int, replicates: Any) -> Any:
    """The share of distinct runs among all, in the data itself; no resample has one, as in it texts occur twice."""
    import numpy as np

    runs = [run for said in texts for run in _parts(said, length)]
    shares = np.full(len(replicates), np.nan)
    shares[0] = len(set(runs)) / len(runs) if runs else np.nan
    return shares


def _signatures(sums: Mapping[Any, Any]) -> Mapping[str, str]:
    told = f"of {int(sums['texts'][0])} texts"
    return dict.fromkeys(("distinct_1", "distinct_2", "repetition_4"), told)


diversity: Metric[Any] = Metric(
    "diversity", "repetition_4", _count, _score, higher_is_better=False, kept=("words",), signatures=_signatures, most=MOST
)
"""distinct_1 and distinct_2, the share of distinct words and pairs of words in all texts together (Li et al. 2016); repetition_4,
the share of runs of four words in a text that it has said already, as a mean over texts (seq-rep-4, Welleck et al. 2020)."""
