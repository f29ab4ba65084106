"""The amounts that gold and answer have in common."""

import math

import numpy as np
import pytest

from tasktune.metrics.agreement import Agreement, by_name, count, in_all, mean_of_defined, ratio


def test_items_are_counted_once_by_their_name():
    amounts = count(["ab", "ac", "b", "b"], ["ab", "b", "c"], name=lambda item: item[0])
    assert amounts == {("gold", "a"): 2, ("gold", "b"): 1, ("said", "a"): 1, ("said", "b"): 1, ("said", "c"): 1} | {
        ("both", "a"): 1,
        ("both", "b"): 1,
    }


def test_agreement_is_by_name_and_in_all():
    sums = {
        "records": 9,
        **{(side, name): n for name in "ba" for side, n in zip(("both", "gold", "said"), (1, 2, 4), strict=True)},
    }
    assert by_name(sums) == {"a": Agreement(1, 2, 4), "b": Agreement(1, 2, 4)}
    assert list(by_name(sums)) == ["a", "b"]
    assert in_all(by_name(sums).values()) == Agreement(2, 4, 8)
    assert in_all([]) == Agreement(0, 0, 0)


def test_figures_of_an_agreement():
    found = Agreement(np.array([1.0, 0.0, 0.0, 0.0]), np.array([2.0, 3.0, 0.0, 0.0]), np.array([4.0, 0.0, 3.0, 0.0]))
    assert found.precision == pytest.approx([0.25, 0, 0, math.nan], nan_ok=True)
    assert found.recall == pytest.approx([0.5, 0, 0, math.nan], nan_ok=True)


def test_what_is_undefined_is_nan_and_left_out_of_a_mean():
    with np.errstate(all="ignore"):
        assert ratio(np.array([1.0, 1.0, 0.0]), np.array([2.0, 0.0, 0.0])) == pytest.approx(
            [0.5, math.nan, math.nan], nan_ok=True
        )
        figures = [np.array([1.0, math.nan, math.nan]), np.array([0.0, 0.5, math.nan])]
        assert mean_of_defined(figures) == pytest.approx([0.5, 0.5, math.nan], nan_ok=True)
