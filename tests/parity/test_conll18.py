"""Attachment scores beside what the official conll18_ud_eval printed, to its last digit."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import MADE
from tasktune.datasets import records
from tasktune.metrics.bootstrap import Tally
from tasktune.tasks import task

PARSING = task("dependency-parsing")


def scores(pairs):
    tally = Tally(PARSING.metric)
    for record, answer in pairs:
        tally.add(record, answer)
    return {name: score.value for name, score in tally.scores().values.items()}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_scores_are_those_of_the_official_scorer(shared, language):
    folder = shared / "oracles/conll18"
    gold, said = ([*records(PARSING, str(folder / f"{language}_{side}.conllu"))] for side in ("gold", "sys"))
    printed = dict(re.findall(r"^(\w+) +\|.*\| +([\d.]+) \| ", (folder / f"{language}_expected.txt").read_text(), re.MULTILINE))
    ours = scores((record, other.answer) for record, other in zip(gold, said, strict=True))
    assert {name: f"{100 * ours[name]:.2f}" for name in ours} == {name: printed[name.upper()] for name in ours}
    assert set(ours) == {"las", "uas", "clas", "upos"}


@given(st.lists(st.tuples(MADE["dependency-parsing"], MADE["dependency-parsing"]), min_size=1, max_size=3))
def test_las_is_never_above_uas(pairs):
    found = scores((record, other.answer) for record, other in pairs)
    if found:
        assert not found["las"] > found["uas"]
