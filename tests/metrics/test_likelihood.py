"""Perplexity and its kin."""

import math

import pytest

from tasktune.core import Likelihood
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.likelihood import perplexity


def scores(*likelihoods):
    tally = Tally(perplexity, replicates=20)
    for likelihood in likelihoods:
        tally.add(None, likelihood)
    return tally.scores()


def test_tokens_and_characters_are_what_is_averaged_over():
    found = scores(Likelihood(6 * math.log(2), 2, 12), Likelihood(2 * math.log(2), 2, 4))
    assert {name: s.value for name, s in found.values.items()} == pytest.approx(
        {"perplexity": 4, "bits_per_character": 0.5, "nats_per_token": 2 * math.log(2)}
    )


def test_lower_is_better():
    low, high = scores(Likelihood(1, 1, 1)), scores(Likelihood(2, 1, 1))
    assert low.better_than(high)
    assert not high.better_than(low)
    assert high.better_than(scores())


def test_an_absurd_likelihood_is_infinite_and_no_tokens_have_none():
    assert scores(Likelihood(1e6, 1, 1)).main.value == math.inf
    assert math.isnan(scores(Likelihood(0, 0, 0)).main.value)
