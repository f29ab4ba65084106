"""ROUGE beside what Google's rouge-score 0.1.2 gave, with its stemmer."""

import json
from itertools import pairwise
from types import SimpleNamespace

import pytest
from rouge_score.rouge_scorer import RougeScorer

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.rouge import FIGURES, rouge


@pytest.fixture(scope="module")
def cases(shared):
    return [json.loads(line) for line in (shared / "oracles/rouge/expected.jsonl").read_text("utf-8").splitlines()]


def values(*cases):
    tally = Tally(rouge, replicates=20)
    for references, answer in cases:
        tally.add(SimpleNamespace(answer=references[0], references=references[1:] and references), answer)
    return {name: score.value for name, score in tally.scores().values.items()}


def test_every_record_scores_as_rouge_score_has_it(cases):
    assert len(cases) == 60
    for case in cases:
        assert values(((case["ref"],), case["hyp"])) == {name: case["stem"][name][2] for name in FIGURES}


def test_the_whole_is_the_mean_of_the_records(cases):
    means = {name: sum(case["stem"][name][2] for case in cases) / len(cases) for name in FIGURES}
    assert values(*(((case["ref"],), case["hyp"]) for case in cases)) == pytest.approx(means, abs=1e-12)


def test_several_references_score_as_score_multi(cases):
    scorer = RougeScorer(FIGURES, use_stemmer=True)
    for case, other in pairwise(cases[:21]):
        references = (case["ref"], other["hyp"], other["ref"])
        best = scorer.score_multi(references, case["hyp"])
        assert values((references, case["hyp"])) == {name: best[name].fmeasure for name in FIGURES}


def test_several_references_score_as_scitldr_has_it_in_rouge_1_and_never_lower(shared):
    """Its script takes all figures from the reference that is best by ROUGE-1."""
    scorer = RougeScorer(FIGURES, use_stemmer=True)
    lower = 0
    for line in (shared / "summarization/scitldr_a/dev.jsonl").read_text("utf-8").splitlines()[:40]:
        paper = json.loads(line)
        references, said = tuple(paper["target"]), paper["source"][0]
        each = [scorer.score(reference, said) for reference in references]
        theirs = max(each, key=lambda found: found["rouge1"].fmeasure)
        ours = values((references, said))
        assert ours["rouge1"] == theirs["rouge1"].fmeasure
        assert all(ours[name] >= theirs[name].fmeasure for name in FIGURES)
        lower += theirs["rouge2"].fmeasure < ours["rouge2"]
    assert lower
