"""pass@k: how probable it is that of k programs that a model writes for a problem at least one passes its tests.

The estimate is the unbiased one of Chen et al. (2021): of n programs of which c pass, 1 - C(n-c, k) / C(n, k). n is how many
answers were asked for (`--n-best 20 --temperature 0.8`), and k is 1, 10 and 100 as far as n goes. Programs are run in the
sandbox, as many at a time as there are processors, those that are alike once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb
from typing import Any

from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import ratio

_KS = (1, 10, 100)


def pass_at(k: int, written: int, passed: int) -> float:
    """The unbiased estimate of pass@k from `written` programs of which `passed` do; k may be no more than there are.

    >>> pass_at(1, 10, 3), round(pass_at(5, 10, 3), 4)
    (0.3, 0.9167)
    """
    return 1 - comb(written - passed, k) / comb(written, k)


def _count(record: Any, answers: Sequence[str | None]) -> Counts:
    from tasktune.sandbox.trials import verdicts

    distinct = {answer: record.trial(answer) for answer in answers if answer is not None}
    passed = {answer: verdict.passed for answer, verdict in zip(distinct, verdicts(distinct.values()), strict=True)}
    right = sum(passed[answer] for answer in answers if answer is not None)
    reached = [k for k in _KS if k <= len(answers)]
    return {("records", k): 1 for k in reached} | {("pass", k): pass_at(k, len(answers), right) for k in reached}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    return {f"pass@{k}": ratio(sums["pass", k], sums["records", k]) for k in _KS if ("records", k) in sums}


def _with_tests(record: Any) -> Any:
    return record if record.tests else None


passes: Metric[Any] = Metric("passes", "pass@1", _count, _score, of="answers", asked=_with_tests)
"""pass@1, pass@10 and pass@100, of records that have tests."""
