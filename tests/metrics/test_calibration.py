"""Calibration error and temperature."""

import math

import numpy as np
import pytest

from tasktune.metrics.calibration import Calibration, fit_temperature, trusted_temperature


def test_the_error_is_how_far_confidence_is_from_being_right():
    sure = Calibration()
    for k in range(10):
        sure.add(0.9, k < 6)
    assert sure.error() == pytest.approx(0.3)
    honest = Calibration()
    for k in range(10):
        honest.add(0.6, k < 6)
    assert honest.error() == pytest.approx(0)


def test_bins_are_open_below_and_closed_above():
    two = Calibration(bins=2)
    two.add(0.0, False)
    two.add(0.5, True)
    two.add(1.0, True)
    assert two.error() == pytest.approx((abs(0.5 - 1) + 0) / 3)


def test_no_answers_have_no_error_and_no_probability_is_refused():
    assert math.isnan(Calibration().error())
    for wrong in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="a confidence is a probability"):
            Calibration().add(wrong, True)


def sampled(logits, seed):
    chances = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    return (np.random.default_rng(seed).random((len(logits), 1)) > chances.cumsum(-1)).sum(-1)


def log_likelihood(logits, targets, temperature):
    z = logits / temperature
    return (z - np.log(np.exp(z).sum(-1, keepdims=True)))[np.arange(len(z)), targets].sum()


@pytest.mark.parametrize("truth", [0.3, 1.0, 2.5])
def test_the_temperature_that_was_put_in_comes_out(truth):
    logits = np.random.default_rng(1).normal(0, 2, (4000, 5))
    targets = sampled(logits, seed=2)
    found = fit_temperature([truth * logits[:1000], truth * logits[1000:]], [targets[:1000], targets[1000:]])
    assert found == pytest.approx(truth, rel=0.1)
    best = log_likelihood(truth * logits, targets, found)
    assert all(log_likelihood(truth * logits, targets, found * off) < best for off in (0.99, 1.01))


def test_the_temperature_is_bounded_and_1_where_there_is_nothing_to_learn_from():
    logits = np.array([[5.0, 0.0], [0.0, 5.0]])
    assert fit_temperature([logits], [np.array([0, 1])]) == pytest.approx(0.05, rel=1e-3)
    assert fit_temperature([logits], [np.array([1, 0])]) == pytest.approx(20, rel=1e-3)
    assert fit_temperature([], []) == 1


def test_arrays_may_differ_in_classes_and_have_impossible_ones():
    logits = np.random.default_rng(1).normal(0, 2, (2000, 3))
    targets = sampled(logits, seed=3)
    plain = fit_temperature([2 * logits], [targets])
    padded = np.hstack([2 * logits, np.full((2000, 1), -np.inf)])
    assert fit_temperature([padded[:900], 2 * logits[900:]], [targets[:900], targets[900:]]) == pytest.approx(plain)


def test_a_temperature_is_trusted_where_it_serves_answers_that_it_was_not_fitted_on():
    logits = np.random.default_rng(1).normal(0, 2, (400, 5))
    targets = sampled(logits, seed=2)
    hot = [3 * logits[k : k + 4] for k in range(0, 400, 4)]
    parts = [targets[k : k + 4] for k in range(0, 400, 4)]
    assert trusted_temperature(hot, parts) == fit_temperature(hot, parts) == pytest.approx(3, rel=0.2)


def test_a_temperature_that_a_few_answers_call_for_and_others_do_not_is_left_at_1():
    sure = np.array([[5.0, 0.0]])
    right, wrong = np.array([0]), np.array([1])
    assert fit_temperature([sure] * 2, [right, wrong]) == pytest.approx(20, rel=1e-3)
    assert trusted_temperature([sure] * 2, [right, wrong]) == 1
    assert trusted_temperature([sure], [right]) == trusted_temperature([], []) == 1
