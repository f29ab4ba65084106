"""Relation scores beside what the official scorer of SemEval-2010 task 8 printed, to its last digit."""

import re

import pytest

from tasktune.answers import Span
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.relations import relation_f1
from tasktune.tasks.relation import Relation

ANYWHERE = (Span(0, 1, ""), Span(2, 3, ""))


def labels(path):
    return dict(line.split("\t") for line in path.read_text("utf-8").split("\n") if line)


@pytest.mark.parametrize("number", [1, 3, 5])
def test_scores_are_those_of_the_official_scorer(shared, number):
    folder = shared / "oracles/semeval2010_task8"
    gold, said = labels(folder / f"answer_key{number}.txt"), labels(folder / f"proposed_answer{number}.txt")
    official = (folder / f"result_scores{number}.txt").read_text("utf-8").split("OFFICIAL >>>")[1]
    tally = Tally(relation_f1)
    for name, answer in gold.items():
        tally.add(Relation(text="a b", pair=ANYWHERE, answer=answer), said.get(name))
    scores = tally.scores().values
    macro = re.findall(r"macro-averaged F1 = +([\d.]+)%", official)
    micro = re.findall(r"Micro-averaged.*\n.*F1 = +([\d.]+)%", official)
    assert [f"{100 * scores['macro_f1'].value:.2f}"] == macro
    assert [f"{100 * scores['micro_f1'].value:.2f}"] == micro
