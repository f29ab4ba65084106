"""How well questions are answered from documents: figures worked out by hand, and a threshold that knows when to be silent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from cases import untrained
from finding import Says, finding, hits_of
from tasktune.core import InputError, Lost
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.grounding import borne_out, faithfulness
from tasktune.tasks import task
from tasktune.tasks.question_answering_grounded import QuestionAnsweringGrounded
from tasktune.verbs.answerers import Answerer, Said, Writing
from tasktune.verbs.ask import ask
from tasktune.verbs.grounded import Asked, asked_in, by_nli, calibrate, evaluate_grounded

HITS = hits_of("The old bridge was closed in May.", "The ferry sails at noon.", "Nobody came.", first=50)


def value(scores):
    return {name: score.value for name, score in scores.items()}


def test_questions_are_read_with_their_sources():
    rows = [
        {"question": "a", "answer": "x", "source": "d"},
        {"query": "b", "answers": ["x", "y"], "sources": [{"source": "d", "start": 3, "end": 9}, "e"]},
        {"question": "c", "answers": [], "is_impossible": True, "id": "c1"},
        {"question": "d"},
    ]
    assert list(asked_in(rows)) == [
        Asked("a", ("x",), (("d", 0, None),), "question 1"),
        Asked("b", ("x", "y"), (("d", 3, 9), ("e", 0, None)), "question 2"),
        Asked("c", (), (), "c1"),
        Asked("d", None, (), "question 4"),
    ]
    with pytest.raises(InputError, match="question 1: 'sources' are names"):
        list(asked_in([{"question": "a", "sources": [3]}]))


def test_what_is_found_is_scored_by_documents_and_by_places_in_them():
    asked = [
        {"question": "a", "sources": ["d0.txt"]},
        {"question": "b", "sources": [{"source": "d1.txt", "start": 55, "end": 60}]},
        {"question": "c", "sources": [{"source": "d1.txt", "start": 0, "end": 50}, "d2.txt"]},
    ]
    found = value(evaluate_grounded(finding(HITS), asked).found)
    assert found["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert found["recall@10"] == pytest.approx((1 + 1 + 1 / 2) / 3)
    assert found["map"] == pytest.approx((1 + 1 / 2 + 1 / 6) / 3)


def test_what_is_answered_is_scored():
    asked = [
        {"question": "a", "answer": "the bridge", "source": "d0.txt"},
        {"question": "b", "answer": "noon", "source": "d1.txt"},
        {"question": "c", "answers": []},
    ]
    evaluation = evaluate_grounded(finding(HITS), asked, Says("The bridge [1]."))
    answered = value(evaluation.answered)
    assert (answered["exact"], answered["f1"], answered["includes"]) == pytest.approx((1 / 3, 1 / 3, 1 / 2))
    assert (answered["citation_precision"], answered["citation_recall"]) == pytest.approx((1 / 2, 1 / 2))
    assert (answered["rejection"], answered["abstention"]) == pytest.approx((0, 2 / 3))
    assert json.loads(json.dumps(evaluation.as_json()))["questions"] == 3


def test_questions_that_say_nothing_to_measure_by():
    with pytest.raises(InputError, match="neither sources"):
        evaluate_grounded(finding(HITS), [{"question": "a"}], Says("x"))


def words_within(premise: str, claim: str) -> bool:
    return set(claim.lower().rstrip(".").split()) <= set(premise.lower().replace(".", " ").split())


@pytest.mark.parametrize(
    ("claims", "supported", "relevant"),
    [
        ([("the ferry sails", ["The ferry sails at noon."])], 1, 1),
        ([("the ferry sails", ["The bridge."])], 0, 0),
        ([("the ferry sails", [])], 0, 0),
        ([("ferry bridge", ["The ferry.", "The bridge."])], 1, 2),
        ([("ferry", ["The ferry.", "The bridge."])], 1, 1),
        ([("ferry", ["The ferry.", "A ferry."]), ("mill", ["The ferry."])], 1, 2),
    ],
)
def test_sentences_are_borne_out_as_alce_counts_it(claims, supported, relevant):
    counts = borne_out(claims, words_within)
    assert (counts["supported"], counts["relevant"]) == (supported, relevant)
    assert (counts["claims"], counts["citations"]) == (len(claims), sum(len(cited) for _, cited in claims))
    tally = Tally(faithfulness, replicates=0)
    tally.add(None, counts)
    assert tally.figures()["faithfulness"][0] == supported / len(claims)


def test_a_judge_is_a_model_for_nli(tiny, tuned):
    entails = by_nli(untrained(task("nli"), tiny("bert")))
    assert entails("Ada wrote.", "Ada wrote.") in (True, False)
    with pytest.raises(InputError, match="must be tuned for nli"):
        by_nli(untrained(task("paraphrase"), tiny("bert")))


@dataclass(frozen=True)
class Guesses(Answerer):
    """Knows the bridge; says something to everything, less sure of what it guesses."""

    def write(self, record: QuestionAnsweringGrounded, lost: Lost) -> Writing:
        knows = "bridge" in record.question
        yield "May [1]." if knows else "The mayor."
        return Said(-0.2 if knows else -1.4)


def test_a_threshold_is_learnt_that_withholds_guesses():
    known = [{"question": f"{k}: when was the bridge closed?", "answer": "May"} for k in range(6)]
    asked = [*known, *({"question": f"{k}: who owns the ferry?", "answers": []} for k in range(6))]
    confidence = calibrate(finding(HITS), asked, Guesses())
    before, after = (evaluate_grounded(finding(HITS), asked, Guesses(), confidence=c) for c in (None, confidence))
    assert (value(before.answered)["f1"], value(after.answered)["f1"]) == (0.5, 1.0)
    assert value(after.answered)["rejection"] == 1.0
    sure, guess = (ask(finding(HITS), q["question"], Guesses(), confidence=confidence) for q in (asked[0], asked[-1]))
    assert sure.score > 0.8
    assert guess.score < 0.2
    with pytest.raises(InputError, match="of 1 questions 1 were answered"):
        calibrate(finding(HITS), known[:1], Guesses())


@pytest.mark.parametrize("source", [3, {"start": 1}, {"source": "a.txt", "start": "1"}, {"source": "a.txt", "end": "9"}])
def test_a_source_that_is_none_is_refused(source: Any):
    with pytest.raises(InputError, match="'sources' are names of documents"):
        next(asked_in([{"question": "who?", "sources": [source]}]))
