"""Tallies: figures, intervals, resamples and the paired test."""

import math
import random
import time
import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

from tasktune.core import InputError, Likelihood, Metric
from tasktune.metrics.bootstrap import Tally, paired_p
from tasktune.metrics.labels import single_label
from tasktune.metrics.likelihood import perplexity
from tasktune.metrics.numbers import regression

MEAN = Metric("mean", "mean", lambda record, answer: {"n": 1, "sum": answer}, lambda sums: {"mean": sums["sum"] / sums["n"]})
TOTAL = Metric("total", "total", lambda record, answer: {"sum": answer}, lambda sums: {"total": sums["sum"]})


def tally(metric, answers, **options):
    made = Tally(metric, **options)
    for answer in answers:
        made.add(None, answer)
    return made


def test_the_data_itself_comes_first_and_the_resamples_scatter_around_it():
    answers = np.random.default_rng(1).normal(3, 2, 2000)
    figure = tally(MEAN, answers).figures()["mean"]
    assert figure.shape == (1001,)
    assert figure[0] == pytest.approx(answers.mean())
    assert figure[1:].mean() == pytest.approx(answers.mean(), abs=0.01)
    assert figure[1:].std() == pytest.approx(2 / math.sqrt(2000), rel=0.1)


def test_weights_are_poisson_1():
    weights = np.concatenate([tally(TOTAL, [0] * before + [1]).figures()["total"][1:] for before in range(40)])
    for times in range(5):
        assert np.mean(weights == times) == pytest.approx(math.exp(-1) / math.factorial(times), abs=0.01)
    assert weights.mean() == pytest.approx(1, abs=0.02)


def test_the_interval_covers_the_mean_of_coin_flips_about_95_times_in_100():
    flips = np.random.default_rng(2).random((400, 300)) < 0.3
    scores = [tally(MEAN, row, replicates=400, seed=k).scores().main for k, row in enumerate(flips)]
    covered = np.mean([score.low <= 0.3 <= score.high for score in scores])
    assert 0.92 <= covered <= 0.975


def test_the_same_seed_gives_the_same_interval_and_another_another():
    answers = [k % 7 for k in range(600)]
    assert tally(MEAN, answers).scores() == tally(MEAN, answers).scores()
    assert tally(MEAN, answers).scores() != tally(MEAN, answers, seed=1).scores()


def test_looking_at_the_scores_on_the_way_changes_nothing():
    answers = [k % 7 for k in range(600)]
    looking = Tally(MEAN)
    for answer in answers:
        looking.add(None, answer)
        if answer == 3:
            looking.scores()
    assert looking.scores() == tally(MEAN, answers).scores()


def test_the_order_of_records_changes_nothing_but_the_interval():
    answers = [k % 7 for k in range(600)]
    shuffled = random.Random(1).sample(answers, 600)
    assert tally(MEAN, answers).scores().main.value == tally(MEAN, shuffled).scores().main.value
    assert tally(MEAN, answers).scores() != tally(MEAN, shuffled).scores()


@pytest.mark.parametrize("answers", [[], [4.0]])
def test_fewer_than_two_records_have_no_interval(answers):
    score = tally(TOTAL, answers).scores().main
    assert score.value == sum(answers)
    assert math.isnan(score.low)
    assert math.isnan(score.high)


def test_without_resamples_there_are_figures_and_no_interval():
    score = tally(MEAN, [1.0, 2.0], replicates=0).scores().main
    assert score.value == 1.5
    assert math.isnan(score.low)


def test_resamples_in_which_a_figure_is_undefined_are_left_out():
    ratio = Metric(
        "r", "r", lambda record, answer: {answer: 1}, lambda s: {"r": np.where(s["rare"] > 0, s["rare"] / s["rare"], np.nan)}
    )
    score = tally(ratio, ["rare", "common", "common"]).scores().main
    assert (score.value, score.low, score.high) == (1, 1, 1)


def test_an_infinite_amount_spoils_only_the_resamples_that_drew_it():
    made = tally(perplexity, [Likelihood(math.inf, 1, 1), *[Likelihood(0.0, 1, 1)] * 99])
    figure = made.figures()["perplexity"]
    assert figure[0] == math.inf
    assert np.mean(figure[1:] == 1) == pytest.approx(math.exp(-1), abs=0.06)
    assert made.scores().main.low == 1
    assert made.scores().main.high == math.inf


def test_two_systems_on_the_same_records_are_told_apart_by_what_they_do_differently():
    chance = random.Random(3)
    right = [chance.random() < 0.7 for _ in range(500)]
    better = [r or k % 20 == 0 for k, r in enumerate(right)]
    other = [chance.random() < 0.7 for _ in range(500)]
    assert paired_p(tally(MEAN, right), tally(MEAN, right)) == 1
    assert paired_p(tally(MEAN, right), tally(MEAN, better)) < 0.02
    assert paired_p(tally(MEAN, better), tally(MEAN, right)) == paired_p(tally(MEAN, right), tally(MEAN, better))
    assert paired_p(tally(MEAN, right), tally(MEAN, other)) > 0.05


def test_p_is_uniform_where_there_is_no_difference():
    noise = np.random.default_rng(4).normal(size=(200, 2, 200))
    found = [paired_p(tally(MEAN, a, replicates=300), tally(MEAN, b, replicates=300)) for a, b in noise]
    assert 0.01 <= np.mean(np.array(found) < 0.05) <= 0.1
    assert np.mean(found) == pytest.approx(0.5, abs=0.07)


def test_only_systems_scored_alike_are_compared():
    one = tally(MEAN, [1, 2])
    for other in (tally(MEAN, [1]), tally(TOTAL, [1, 2]), tally(MEAN, [1, 2], seed=1), tally(MEAN, [1, 2], replicates=10)):
        with pytest.raises(InputError, match="only systems scored alike can be compared"):
            paired_p(one, other)


def test_memory_does_not_grow_with_the_records_and_100_000_take_seconds():
    made = Tally(single_label)
    labels = ["a", "b", "c"]
    begin = time.perf_counter()
    for k in range(100_000):
        made.add(SimpleNamespace(answer=labels[k % 3]), labels[k % 2])
        if k == 5_000:
            tracemalloc.start()
            before = tracemalloc.get_traced_memory()[0]
        if k == 6_000:
            growth = tracemalloc.get_traced_memory()[0] - before
            tracemalloc.stop()
    assert growth < 500_000
    assert time.perf_counter() - begin < 20
    assert made.scores().main.value == pytest.approx(1 / 3, abs=1e-4)


def test_kept_amounts_are_resampled_like_sums():
    record = SimpleNamespace(answer=0.0)
    squares = Metric(
        "rmse",
        "rmse",
        lambda r, answer: {"n": 1, "square": answer**2},
        lambda sums: {"rmse": np.sqrt(sums["square"] / sums["n"])},
    )
    kept, summed = Tally(regression), Tally(squares)
    for k in range(700):
        kept.add(record, float(k % 11))
        summed.add(record, float(k % 11))
    assert kept.figures()["rmse"] == pytest.approx(summed.figures()["rmse"])
