"""Scores of numbers."""

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.numbers import regression


def scores(pairs):
    tally = Tally(regression, replicates=50)
    for gold, answer in pairs:
        tally.add(SimpleNamespace(answer=gold), answer)
    return tally.scores().values


def values(pairs):
    return {name: score.value for name, score in scores(pairs).items()}


@given(st.lists(st.integers(-50, 50).map(float), min_size=2, unique=True))
def test_gold_scores_full_marks(golds):
    assert values([(g, g) for g in golds]) == pytest.approx({"pearson": 1, "spearman": 1, "rmse": 0, "answered": 1})


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9) | st.none()), min_size=1))
def test_correlations_are_in_bounds(pairs):
    found = values(pairs)
    assert all(-1.000001 <= found[name] <= 1.000001 or math.isnan(found[name]) for name in ("pearson", "spearman"))


def test_ranks_see_order_alone_and_every_resample_is_ranked_anew():
    found = scores([(float(k), math.exp(k / 10)) for k in range(50)])
    assert (found["spearman"].value, found["spearman"].low, found["spearman"].high) == pytest.approx((1, 1, 1))
    assert found["pearson"].high < 1


@pytest.mark.parametrize("unreadable", [None, math.nan, math.inf])
def test_an_unreadable_answer_counts_as_the_mean_of_the_others(unreadable):
    pairs = [(1.0, 1.5), (2.0, 2.5), (3.0, unreadable), (4.0, 4.5)]
    as_mean = [(gold, 8.5 / 3 if gold == 3 else answer) for gold, answer in pairs]
    assert values(pairs) == pytest.approx({**values(as_mean), "answered": 0.75})


def test_answers_that_are_all_alike_or_unreadable_have_no_correlation():
    alike = values([(float(k), 0.1) for k in range(10)])
    assert math.isnan(alike["pearson"])
    assert math.isnan(alike["spearman"])
    nothing = values([(float(k), None) for k in range(10)])
    assert math.isnan(nothing["pearson"])
    assert nothing["answered"] == 0


def test_no_records_have_no_score():
    assert all(math.isnan(value) for value in values([]).values())
