"""Scores of labels, one a record or several."""

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.labels import multi_label, single_label

LABEL = st.sampled_from("abc")
SETS = st.sets(LABEL).map(sorted).map(tuple)


def scored(metric, pairs):
    tally = Tally(metric, replicates=20)
    for gold, answer in pairs:
        tally.add(SimpleNamespace(answer=gold), answer)
    return {name: score.value for name, score in tally.scores().values.items()}


@given(st.lists(st.tuples(LABEL, LABEL | st.none()), min_size=1))
def test_figures_of_one_label_are_in_bounds(pairs):
    scores = scored(single_label, pairs)
    assert 0 <= scores["macro_f1"] <= 1
    assert -1 <= scores["mcc"] <= 1
    assert scores["accuracy"] == pytest.approx(sum(g == a for g, a in pairs) / len(pairs))


@given(st.lists(LABEL, min_size=1))
def test_gold_scores_full_marks(golds):
    scores = scored(single_label, [(gold, gold) for gold in golds])
    assert scores["accuracy"] == scores["macro_f1"] == 1
    assert scores["mcc"] == pytest.approx(1 if len(set(golds)) > 1 else 0)


def test_an_unreadable_answer_is_wrong_and_names_no_label():
    scores = scored(single_label, [("a", "a"), ("a", None), ("b", "b")])
    assert scores["accuracy"] == pytest.approx(2 / 3)
    assert scores["macro_f1"] == pytest.approx((2 / 3 + 1) / 2)


def test_all_answers_alike_have_no_correlation():
    assert scored(single_label, [("a", "a"), ("b", "a")])["mcc"] == 0


@given(st.lists(st.tuples(SETS, SETS | st.none()), min_size=1))
def test_figures_of_several_labels_are_in_bounds(pairs):
    for figure in scored(multi_label, pairs).values():
        assert 0 <= figure <= 1 or math.isnan(figure)


@given(st.lists(SETS, min_size=1).filter(any))
def test_gold_sets_score_full_marks(golds):
    assert set(scored(multi_label, [(gold, gold) for gold in golds]).values()) == {1}


def renamed(answer, names):
    """An answer with other names for its labels: one, several or, as unreadable, none."""
    if isinstance(answer, tuple):
        return tuple(sorted(names[label] for label in answer))
    return names.get(answer)


@pytest.mark.parametrize(("metric", "answers"), [(single_label, LABEL), (multi_label, SETS)], ids=["one", "many"])
@given(data=st.data(), names=st.permutations(["a", "b", "c", "z z"]))
def test_other_names_for_the_labels_change_nothing(metric, answers, data, names):
    """Nor does it when two labels change names, so that another one stands first."""
    pairs = data.draw(st.lists(st.tuples(answers, answers | st.none()), min_size=1))
    other = dict(zip("abc", names, strict=False))
    again = scored(metric, [(renamed(gold, other), renamed(said, other)) for gold, said in pairs])
    assert again == pytest.approx(scored(metric, pairs), nan_ok=True)


def test_a_set_is_right_only_as_a_whole():
    scores = scored(multi_label, [(("a", "b"), ("b",)), ((), ()), (("a",), ("a",)), (("a",), None)])
    assert scores["subset_accuracy"] == 0.5
    assert scores["micro_f1"] == pytest.approx(2 * 2 / (4 + 2))


def test_an_unreadable_answer_is_not_the_empty_set():
    assert scored(multi_label, [((), None), (("a",), ("a",))])["subset_accuracy"] == 0.5


@pytest.mark.parametrize("metric", [single_label, multi_label])
def test_no_records_have_no_score(metric):
    assert all(math.isnan(figure) for figure in scored(metric, []).values())
