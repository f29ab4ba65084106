"""Exact match and F1 of answers beside what SQuAD's and CMRC's official scripts printed, to their last digit."""

import json
from dataclasses import replace

import pytest

from tasktune.answers import Span
from tasktune.datasets import records
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.threshold import best_threshold
from tasktune.tasks import task

QA = task("question-answering")


def pairs(shared, data, predictions):
    """Records with the answers predicted: their text is put behind the record's own, since it may well not be in it."""
    said = json.loads((shared / "oracles" / predictions).read_text())
    for record in records(QA, str(shared / "extractive_qa" / data)):
        answer = said[record.id]
        start = len(record.text)
        place = (Span(start, start + len(answer), "answer"),) if answer else ()
        yield replace(record, text=record.text + answer), place


def scores(given):
    tally = Tally(QA.metric, replicates=0)
    for record, answer in given:
        tally.add(record, answer)
    return {name: 100 * score.value for name, score in tally.scores().values.items()}


def printed(shared, name):
    return json.loads((shared / "oracles" / name).read_text())


def test_scores_are_those_of_squad_2(shared):
    official = printed(shared, "squad/squad2_expected_v2.0.json")
    ours = scores(pairs(shared, "squad2/dev.json", "squad/squad2_predictions.json"))
    assert ours == pytest.approx({name: official[name] for name in ours}, abs=1e-12)
    assert set(official) - set(ours) == {"total", "HasAns_total", "NoAns_f1", "NoAns_total"}


def test_scores_are_those_of_squad_1(shared):
    official = printed(shared, "squad/xquad_en_expected_v1.1.json")
    ours = scores(pairs(shared, "xquad.en/dev.json", "squad/xquad_en_predictions.json"))
    assert ours == pytest.approx({"f1": official["f1"], "exact": official["exact_match"]}, abs=1e-12)


def test_scores_are_those_of_cmrc(shared):
    official = printed(shared, "cmrc/cmrc_expected.json")
    ours = scores(pairs(shared, "cmrc2018/dev.json", "cmrc/cmrc_predictions.json"))
    assert {name: f"{ours[name]:.3f}" for name in ours} == {"f1": official["F1"], "exact": official["EM"]}


@pytest.mark.parametrize("figure", ["exact", "f1"])
def test_the_best_threshold_is_that_of_squad_2(shared, figure):
    """Answers are given in the order of their odds, here the sureness of the predictions' own file."""
    official = printed(shared, "squad/squad2_expected_v2.0_with_na_probs.json")
    surely = printed(shared, "squad/squad2_na_probs.json")
    metric = replace(QA.metric, primary=figure)
    alternatives = [
        (-surely[record.id], metric.count(record, answer), metric.count(record, ()))
        for record, answer in pairs(shared, "squad2/dev.json", "squad/squad2_predictions.json")
    ]
    threshold, best = best_threshold(metric, alternatives)
    assert 100 * best == pytest.approx(official[f"best_{figure}"], abs=1e-12)
    last = max(sureness for sureness in surely.values() if -sureness >= threshold)
    assert last == official[f"best_{figure}_thresh"]
