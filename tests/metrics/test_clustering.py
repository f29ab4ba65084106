"""How well clusters agree with labels, beside scikit-learn and scipy."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.clustering import clustering


def scored(golds, clusters, replicates=0):
    tally = Tally(clustering, replicates)
    for gold, cluster in zip(golds, clusters, strict=True):
        tally.add(SimpleNamespace(answer=gold), cluster)
    return tally.scores().values


def theirs(golds, clusters):
    table = contingency_matrix(golds, clusters)
    return {
        "nmi": normalized_mutual_info_score(golds, clusters),
        "ari": adjusted_rand_score(golds, clusters),
        "accuracy": table[linear_sum_assignment(table, maximize=True)].sum() / table.sum(),
    }


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 6)), min_size=1, max_size=60))
def test_any_clusters_score_as_scikit_learn_has_it(pairs):
    golds, clusters = zip(*pairs, strict=True)
    found = {name: score.value for name, score in scored(golds, clusters).items()}
    assert found == pytest.approx(theirs(golds, clusters), abs=1e-9)


def test_a_thousand_texts_score_as_scikit_learn_has_it():
    draw = np.random.default_rng(1)
    golds = draw.integers(0, 20, 1000)
    clusters = np.where(draw.random(1000) < 0.6, golds, draw.integers(0, 25, 1000))
    found = {name: score.value for name, score in scored(golds.tolist(), clusters.tolist()).items()}
    assert found == pytest.approx(theirs(golds, clusters), abs=1e-9)


def test_the_names_of_clusters_do_not_matter():
    assert {name: score.value for name, score in scored("aabbc", [2, 2, 0, 0, 1]).items()} == {"nmi": 1, "ari": 1, "accuracy": 1}


def test_scores_have_intervals_that_hold_them():
    for score in scored("aabb" * 20, [0, 0, 1, 0] * 20, 200).values():
        assert score.low < score.value < score.high
        assert 0 < score.low < score.high < 1
