"""Exact match of answers in words beside the rules of the open-domain sets' scorers (DPR's and FiD's), spelled out."""

import re
import string
from dataclasses import replace

import pytest

from tasktune.datasets import records
from tasktune.metrics.bootstrap import Tally
from tasktune.tasks import task

QA = task("question-answering-generative")


def normalised(text):
    """Lower case, then no punctuation, then no articles, then single blanks: the order matters."""
    bare = "".join(sign for sign in text.lower() if sign not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def said(golds, k):
    """Predictions that are right, right but for what is normalised away, half right and wrong, in turn."""
    gold = golds[k % len(golds)]
    return [gold, f"The {gold.upper()}!", f"  {gold},\t", f"{gold} and more", gold[1:], "an"][k % 6]


@pytest.mark.parametrize("file", ["nq_open/dev.jsonl", "webquestions/val.json"])
def test_exact_match_is_that_of_open_domain_scorers(shared, file):
    tally, official = Tally(QA.metric, replicates=0), []
    for k, record in enumerate(records(QA, str(shared / "generative_qa" / file))):
        golds = record.answers or (record.answer,)
        answer = said(golds, k)
        tally.add(record, answer)
        official.append(any(normalised(gold) == normalised(answer) for gold in golds))
    exact = tally.scores().values["exact"].value
    assert exact == sum(official) / len(official)
    assert 0.4 < exact < 0.7


def test_free_text_is_scored_as_extracted_text_is(shared):
    """SQuAD's questions, answered in words: what evaluate-v2.0 counts of the stretches with the same words."""
    extracted, free = task("question-answering"), QA
    file = str(shared / "extractive_qa/squad2/dev.json")
    one, other = Tally(extracted.metric, replicates=0), Tally(free.metric, replicates=0)
    for k, (place, words) in enumerate(zip(records(extracted, file), records(free, file), strict=True)):
        span = place.answer[:1] if k % 3 else ()
        one.add(place, span)
        other.add(replace(words), "".join(place.text[s.start : s.end] for s in span))
    assert {name: score.value for name, score in one.scores().values.items()} == {
        name: score.value for name, score in other.scores().values.items()
    }
