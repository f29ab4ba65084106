"""The best tree is the best of all trees, and always a tree, whatever the scores."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tasktune.heads.spanning import best_projective_tree, best_tree
from tasktune.notations.trees import flaw


def trees(words):
    return [heads for heads in product(range(words + 1), repeat=words) if flaw(heads) is None]


def arcs_cross(heads):
    arcs = [sorted(arc) for arc in enumerate(heads, 1)]
    return any(a < c < b < d for a, b in arcs for c, d in arcs)


def worth(scores, heads):
    return sum(scores[dependent, head] for dependent, head in enumerate(heads, 1))


@pytest.mark.parametrize("words", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(5))
def test_no_tree_is_better(words, seed):
    scores = np.random.default_rng(seed).normal(size=(words + 1, words + 1))
    assert best_tree(scores) == list(max(trees(words), key=lambda heads: worth(scores, heads)))


@pytest.mark.parametrize("words", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(5))
def test_no_projective_tree_is_better(words, seed):
    scores = np.random.default_rng(seed).normal(size=(words + 1, words + 1))
    projective = [heads for heads in trees(words) if not arcs_cross(heads)]
    assert best_projective_tree(scores) == list(max(projective, key=lambda heads: worth(scores, heads)))


def test_the_two_differ_where_the_best_tree_crosses():
    scores = np.zeros((5, 5))
    for dependent, head in enumerate([3, 4, 0, 3], 1):
        scores[dependent, head] = 1.0
    assert best_tree(scores) == [3, 4, 0, 3]
    assert not arcs_cross(best_projective_tree(scores))


def test_a_text_of_many_sentences_is_no_deeper_than_a_short_one():
    """Each sentence is a circle or more, which hang from each other one by one."""
    words = 1500
    scores = np.random.default_rng(0).normal(size=(words + 1, words + 1))
    sentence = np.arange(words) // 10
    scores[1:, 1:] += 20.0 * (sentence[:, None] == sentence)
    heads = best_tree(scores)
    assert flaw(heads) is None
    assert sum(head and (head - 1) // 10 != k // 10 for k, head in enumerate(heads)) == words // 10 - 1


@given(
    st.integers(0, 12).flatmap(
        lambda n: arrays(np.float32, (n + 1, n + 1), elements=st.floats(width=32, allow_nan=False) | st.just(0.0))
    )
)
def test_any_scores_give_a_tree(scores):
    assert flaw(best_tree(scores)) is None
    assert flaw(best_projective_tree(scores)) is None
