"""The threshold from which answers had better be given."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.core import Metric
from tasktune.metrics.agreement import count, ratio
from tasktune.metrics.labels import multi_label
from tasktune.metrics.threshold import ALWAYS, best_threshold, best_thresholds

RIGHT = Metric("right", "share", lambda record, answer: {}, lambda sums: {"share": ratio(sums["right"], sums["all"])})
WRONG = Metric("wrong", "share", RIGHT.count, RIGHT.score, higher_is_better=False)


def alternatives(*each):
    return [(odds, {"right": given, "all": 1}, {"right": withheld, "all": 1}) for odds, given, withheld in each]


def test_it_parts_the_answers_that_are_right_from_those_that_do_harm():
    threshold, figure = best_threshold(RIGHT, alternatives((-1, 0, 1), (3, 1, 0), (2, 1, 0), (0, 0, 1)))
    assert (threshold, figure) == (1.0, 1.0)


def test_where_no_answer_does_harm_all_are_given():
    assert best_threshold(RIGHT, alternatives((5, 1, 0), (-5, 0, 0))) == (ALWAYS, 0.5)


def test_where_every_answer_does_harm_none_is_given():
    threshold, figure = best_threshold(RIGHT, alternatives((5, 0, 1), (2, 0, 1)))
    assert threshold > 5
    assert figure == 1


def test_a_figure_that_had_better_be_low_is_made_low():
    assert best_threshold(WRONG, alternatives((3, 0, 1), (1, 1, 0))) == (2.0, 0.0)


def test_nothing_to_go_by():
    threshold, figure = best_threshold(RIGHT, [])
    assert threshold == 0
    assert math.isnan(figure)


AMOUNTS = st.tuples(st.integers(-3, 3), st.integers(0, 1), st.integers(0, 1))


@given(st.lists(AMOUNTS, min_size=1, max_size=8))
def test_no_threshold_is_better(each):
    def share(threshold):
        return sum(given if odds >= threshold else withheld for odds, given, withheld in each) / len(each)

    threshold, figure = best_threshold(RIGHT, alternatives(*each))
    assert share(threshold) == pytest.approx(figure)
    assert max(share(t / 2) for t in range(-8, 9)) == pytest.approx(figure)


def test_where_nothing_is_to_be_said_what_is_improbable_stays_unsaid():
    assert best_threshold(RIGHT, alternatives((-6, 0, 1), (-9, 0, 1))) == (0.0, 1.0)


LABELS = range(3)
ODDS = st.floats(-4, 4).map(lambda odds: round(odds, 1))
RECORDS = st.lists(st.tuples(*(st.tuples(ODDS, st.booleans()) for _ in LABELS)), min_size=1, max_size=12)


def amounts(record, thresholds):
    """What a record adds where each label is said from its threshold on."""
    gold = [label for label in LABELS if record[label][1]]
    said = [label for label in LABELS if record[label][0] >= thresholds[label]]
    return count(gold, said)


def figure(metric, records, thresholds):
    sums = sum((amounts(record, thresholds) for record in records), Counter({"records": len(records)}))
    with np.errstate(invalid="ignore"):
        return float(metric.score(sums)[metric.primary])


@pytest.mark.parametrize("primary", ["micro_f1", "macro_f1"])
@given(records=RECORDS)
def test_thresholds_of_several_labels_never_lower_the_figure(primary, records):
    metric = replace(multi_label, primary=primary)
    choices = [
        [
            (record[label][0], count([label] * record[label][1], [label]), count([label] * record[label][1], []))
            for record in records
        ]
        for label in LABELS
    ]
    thresholds = best_thresholds(metric, choices)
    tuned, plain = figure(metric, records, thresholds), figure(metric, records, [0.0] * len(LABELS))
    assert math.isnan(plain) or tuned >= plain - 1e-9
    for label in LABELS:  # nor does another threshold of one label raise it
        for other in (-5, -1.05, 0, 1.05, 5):
            changed = figure(metric, records, [other if k == label else of for k, of in enumerate(thresholds)])
            assert math.isnan(changed) or math.isnan(tuned) or changed <= tuned + 1e-9
