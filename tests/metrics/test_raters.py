"""Preference and agreement, on examples worked out elsewhere."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.raters import agreements, alpha, cohen, fleiss, preference


def test_krippendorffs_alpha():
    """Three coders of fifteen units, many left out: 0.691 for nominal data (Wikipedia's example, and the PyPI package's)."""
    table = {"A": ".....34121133.3", "B": "1.213343.......", "C": "..21344.21133.4"}
    items = [{rater: values[k] for rater, values in table.items() if values[k] != "."} for k in range(15)]
    assert alpha([choices for choices in items if len(choices) > 1]) == pytest.approx(0.691, abs=0.0005)


def test_cohens_kappa():
    """Two raters of fifty applications: 20 times both yes, 15 both no, 5 and 10 apart."""
    pairs = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15
    assert cohen([{"x": one, "y": other} for one, other in pairs]) == pytest.approx(0.4)


def test_fleiss_kappa():
    """Fleiss' measure on ten subjects, fourteen raters and five categories (Wikipedia's table): 0.210."""
    table = [
        *((0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1)),
        *((7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7)),
    ]
    items = [dict(enumerate("".join(str(k) * n for k, n in enumerate(row)))) for row in table]
    assert fleiss(items) == pytest.approx(0.210, abs=0.0005)


def test_what_is_measured_depends_on_who_rated_what():
    both, one = {"x": "a", "y": "b"}, {"x": "a"}
    assert agreements([one, one]) == {}
    assert agreements([both, one]).keys() == {"krippendorff_alpha", "cohen_kappa", "fleiss_kappa"}
    assert agreements([both, {"y": "a", "z": "a"}]).keys() == {"krippendorff_alpha", "fleiss_kappa"}
    assert agreements([both, {**both, "z": "a"}]).keys() == {"krippendorff_alpha"}
    assert all(math.isnan(figure) for figure in agreements([{"x": "a", "y": "a"}]).values())


@given(st.lists(st.dictionaries(st.sampled_from("xyz"), st.sampled_from(["a", "b", "tie"]), min_size=1), min_size=1, max_size=8))
def test_agreement_is_at_most_1_and_is_1_where_all_agree(items):
    assert all(math.isnan(figure) or figure <= 1 + 1e-9 for figure in agreements(items).values())
    alike = [dict.fromkeys("xy", choice) for choice in ("a", "b", "tie")]
    assert agreements(alike) == pytest.approx(dict.fromkeys(("krippendorff_alpha", "cohen_kappa", "fleiss_kappa"), 1.0))


def test_ties_count_half_and_raters_alike():
    tally = Tally(preference, replicates=200)
    for choices in (["a"], ["b"], ["tie"], ["a", "tie"]):
        tally.add(None, choices)
    found = {name: score.value for name, score in tally.scores().values.items()}
    assert found == {"win_rate": 0.5625, "preferred": 0.375, "ties": 0.375, "other_preferred": 0.25}
