"""Span and tagging scores beside what the official conlleval (perl, 2004-01-26) printed, to its last digit."""

import re
from itertools import groupby
from types import SimpleNamespace

import pytest

from tasktune.answers import Span, WordTag
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.spans import span_f1, tagging_accuracy
from tasktune.notations import bio


@pytest.fixture(scope="module")
def sentences(shared):
    """Gold and predicted tags, one pair of lists a sentence."""
    lines = (shared / "oracles/conlleval/wikigold_gold_pred.txt").read_text("utf-8").split("\n")
    runs = [list(run) for blank, run in groupby(lines, key=lambda line: not line.strip()) if not blank]
    return [tuple(zip(*(line.split()[-2:] for line in run), strict=True)) for run in runs]


@pytest.fixture(scope="module")
def printed(shared):
    """The figures that conlleval printed, in percent, by our names for them."""
    text = (shared / "oracles/conlleval/wikigold_expected.txt").read_text("utf-8")
    whole = dict(
        zip(
            ("precision", "recall", "f1"),
            re.findall(r"precision: +([\d.]+)%; recall: +([\d.]+)%; FB1: +([\d.]+)\n", text)[0],
            strict=True,
        )
    )
    labels = re.findall(r"^ +(\w+): .*FB1: +([\d.]+)", text, flags=re.MULTILINE)
    return {**whole, **{f"f1/{label}": figure for label, figure in labels}}, re.findall(r"accuracy: +([\d.]+)%", text)[0]


def as_bio(tags):
    return bio.tags_of(len(tags), bio.spans_of(tags))


def as_iob1(tags):
    spans = bio.spans_of(tags)
    follows_its_like = {start for start, _, label in spans for _, end, before in spans if (end, before) == (start, label)}
    return [f"I-{tag[2:]}" if tag[0] == "B" and at not in follows_its_like else tag for at, tag in enumerate(as_bio(tags))]


def as_iobes(tags):
    after = (*as_bio(tags)[1:], "O")
    closing = {"B": "S", "I": "E"}
    return [
        f"{closing[tag[0]]}-{tag[2:]}" if tag != "O" and not following.startswith("I-") else tag
        for tag, following in zip(as_bio(tags), after, strict=True)
    ]


def as_bmes(tags):
    return [tag.replace("I-", "M-") if tag.startswith("I-") else tag for tag in as_iobes(tags)]


@pytest.mark.parametrize("spelled", [list, as_bio, as_iob1, as_iobes, as_bmes])
def test_span_scores_are_conllevals_in_every_scheme(sentences, printed, spelled):
    tally = Tally(span_f1, replicates=20)
    for gold, said in sentences:
        gold_spans, said_spans = (tuple(Span(*span) for span in bio.spans_of(spelled(tags))) for tags in (gold, said))
        tally.add(SimpleNamespace(answer=gold_spans), said_spans)
    found = {name: f"{100 * score.value:.2f}" for name, score in tally.scores().values.items()}
    assert found == printed[0]


def test_the_schemes_differ(sentences):
    gold = [gold for gold, _ in sentences]
    spellings = [[list(spelled(tags)) for tags in gold] for spelled in (as_bio, as_iob1, as_iobes, as_bmes)]
    assert all(one != other for k, one in enumerate(spellings) for other in spellings[:k])


def test_tagging_accuracy_is_conllevals(sentences, printed):
    tally = Tally(tagging_accuracy, replicates=20)
    for tags in sentences:
        gold, said = (tuple(WordTag(k, k + 1, tag) for k, tag in enumerate(side)) for side in tags)
        tally.add(SimpleNamespace(answer=gold), said)
    assert f"{100 * tally.scores().main.value:.2f}" == printed[1]
