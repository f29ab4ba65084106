"""Scores of labels beside scikit-learn's, of numbers beside scipy's, on random data; resamples too."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef, root_mean_squared_error
from sklearn.preprocessing import MultiLabelBinarizer

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.labels import multi_label, single_label, yes_or_no
from tasktune.metrics.numbers import regression

SEEDS = range(8)


def tally(metric, golds, answers, replicates=20):
    made = Tally(metric, replicates)
    for gold, answer in zip(golds, answers, strict=True):
        made.add(SimpleNamespace(answer=gold), answer)
    return made


def values(*args):
    return {name: score.value for name, score in tally(*args).scores().values.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_one_label(seed):
    chance = np.random.default_rng(seed)
    golds = chance.choice(list("abcde"), 300, p=[0.5, 0.3, 0.1, 0.1, 0]).tolist()
    answers = [g if chance.random() < 0.6 else str(chance.choice(list("abce"))) for g in golds]
    assert values(single_label, golds, answers) == pytest.approx(
        {
            "accuracy": accuracy_score(golds, answers),
            "macro_f1": f1_score(golds, answers, average="macro"),
            "mcc": matthews_corrcoef(golds, answers),
        }
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_an_unreadable_answer_is_one_more_class_to_mcc_and_no_class_to_f1(seed):
    chance = np.random.default_rng(seed)
    golds = chance.choice(list("abc"), 100).tolist()
    answers = [g if chance.random() < 0.6 else None for g in golds]
    named = [answer or "?" for answer in answers]
    found = values(single_label, golds, answers)
    assert found["mcc"] == pytest.approx(matthews_corrcoef(golds, named))
    assert found["macro_f1"] == pytest.approx(f1_score(golds, named, labels=list("abc"), average="macro"))


@pytest.mark.parametrize("seed", SEEDS)
def test_yes_or_no(seed):
    chance = np.random.default_rng(seed)
    golds = chance.choice(["yes", "no"], 200, p=[0.7, 0.3]).tolist()
    answers = [str(chance.choice(["yes", "no"])) if chance.random() < 0.5 else gold for gold in golds]
    expected = {"accuracy": accuracy_score(golds, answers), "f1": f1_score(golds, answers, pos_label="yes")}
    assert values(yes_or_no, golds, answers) == pytest.approx(expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_several_labels(seed):
    chance = np.random.default_rng(seed)
    golds = [tuple(label for label in "abcde" if chance.random() < 0.3) for _ in range(200)]
    answers = [tuple(label for label in "abcde" if (label in gold) != (chance.random() < 0.2)) for gold in golds]
    one, other = (MultiLabelBinarizer(classes=list("abcde")).fit_transform(side) for side in (golds, answers))
    assert values(multi_label, golds, answers) == pytest.approx(
        {
            "micro_f1": f1_score(one, other, average="micro"),
            "macro_f1": f1_score(one, other, average="macro"),
            "subset_accuracy": accuracy_score(one, other),
        }
    )


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_numbers(seed, ties):
    chance = np.random.default_rng(seed)
    golds = chance.normal(3, 2, 400)
    answers = golds + chance.normal(0, 2, 400)
    if ties:
        golds, answers = golds.round(), answers.round()
    assert values(regression, golds, answers) == pytest.approx(
        {
            "pearson": pearsonr(golds, answers).statistic,
            "spearman": spearmanr(golds, answers).statistic,
            "rmse": root_mean_squared_error(golds, answers),
            "answered": 1,
        }
    )


def drawn(golds, answers, times):
    return np.repeat(golds, times), np.repeat(answers, times)


@pytest.mark.parametrize("seed", SEEDS)
def test_resamples_are_scored_like_data(seed):
    """The figures of a resample are scipy's and scikit-learn's on the records as often as that resample drew them."""
    chance = np.random.default_rng(seed)
    golds = chance.integers(0, 5, 300)
    answers = golds + chance.integers(-1, 2, 300)
    seen = {}
    kept = tally(regression, golds, answers, replicates=5)
    spy = SimpleNamespace(name="spy", kept=("gold", "answer"), count=regression.count, score=lambda sums: seen.update(sums) or {})
    tally(spy, golds, answers, replicates=5).figures()
    as_labels = tally(single_label, [f"{g}" for g in golds], [f"{a}" for a in answers], replicates=5)
    for replicate, times in enumerate(seen["times"]):
        one, other = drawn(golds, answers, times)
        assert kept.figures()["pearson"][replicate] == pytest.approx(pearsonr(one, other).statistic)
        assert kept.figures()["spearman"][replicate] == pytest.approx(spearmanr(one, other).statistic)
        assert as_labels.figures()["macro_f1"][replicate] == pytest.approx(f1_score(one, other, average="macro"))
        assert as_labels.figures()["mcc"][replicate] == pytest.approx(matthews_corrcoef(one, other))


def test_a_correlation_with_a_constant_is_as_undefined_as_scipys():
    assert math.isnan(values(regression, [1.0, 2.0, 3.0], [2.0, 2.0, 2.0])["pearson"])
