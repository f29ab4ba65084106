"""Opinions and relations: what counts as right, by hand, and what renaming and changing sides do to it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import MADE
from tasktune.answers import Link, Span
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.links import quadruple_f1, strict_f1, triplet_f1
from tasktune.tasks.opinion_quadruples import OpinionQuadruples
from tasktune.tasks.opinion_triplets import OpinionTriplets
from tasktune.tasks.relation_extraction import RelationExtraction

METRICS = {"opinion-triplets": triplet_f1, "opinion-quadruples": quadruple_f1, "relation-extraction": strict_f1}
SOUP, FISH, COLD, GOOD = Span(0, 4, "aspect"), Span(5, 9, "aspect"), Span(10, 14, "opinion"), Span(15, 19, "opinion")


def scores(metric, pairs):
    tally = Tally(metric, replicates=0)
    for record, answer in pairs:
        tally.add(record, answer)
    return {name: score.value for name, score in tally.scores().values.items()}


def test_triplets_and_their_parts():
    gold = OpinionTriplets(text="x" * 20, answer=(Link(SOUP, COLD, "NEG"), Link(FISH, GOOD, "POS")))
    found = scores(triplet_f1, [(gold, (Link(SOUP, COLD, "NEG"), Link(SOUP, GOOD, "POS"), Link(FISH, GOOD, "NEG")))])
    assert found == pytest.approx(
        {"f1": 2 / 5, "precision": 1 / 3, "recall": 1 / 2, "pair_f1": 4 / 5, "aspect_f1": 1.0, "opinion_f1": 1.0}
    )


def test_implicit_ends_and_the_texts_that_have_them():
    one = OpinionQuadruples(text="x" * 20, answer=(Link(None, COLD, "FOOD negative"), Link(FISH, GOOD, "FOOD positive")))
    other = OpinionQuadruples(text="x" * 20, answer=(Link(SOUP, GOOD, "FOOD positive"),))
    found = scores(quadruple_f1, [(one, (Link(None, COLD, "FOOD negative"),)), (other, (Link(SOUP, COLD, "FOOD positive"),))])
    assert found["f1"] == pytest.approx(2 / 5)
    assert found["implicit_aspect_explicit_opinion_f1"] == pytest.approx(2 / 3)
    assert found["explicit_aspect_explicit_opinion_f1"] == pytest.approx(2 / 5)
    assert "implicit_aspect_implicit_opinion_f1" not in found


def test_a_relation_is_right_with_both_kinds_only():
    ada, rome = Span(0, 3, "PER"), Span(4, 8, "LOC")
    gold = RelationExtraction(text="Ada Rome", answer=(ada, rome, Link(ada, rome, "Live_In")))
    wrong = replace(rome, label="ORG")
    found = scores(strict_f1, [(gold, (ada, wrong, Link(ada, wrong, "Live_In")))])
    assert (found["f1"], found["entity_f1"]) == (0.0, 0.5)
    assert scores(strict_f1, [(gold, gold.answer)])["f1/Live_In"] == 1.0
    assert scores(strict_f1, [(gold, None)])["f1"] == 0.0


def renamed(answer):
    """The answer with every label of a link another, but those of different links still different."""
    return tuple(replace(part, label=part.label[::-1] + "'") if isinstance(part, Link) else part for part in answer)


@pytest.mark.parametrize("name", METRICS)
@given(data=st.data())
def test_f1_is_the_same_with_sides_changed_and_labels_renamed(name, data):
    gold, answer = data.draw(MADE[name]), data.draw(MADE[name]).answer
    mixed = (*answer, *gold.answer[::2])
    forth, back = scores(METRICS[name], [(gold, mixed)]), scores(METRICS[name], [(replace(gold, answer=mixed), gold.answer)])
    again = scores(METRICS[name], [(replace(gold, answer=renamed(gold.answer)), renamed(mixed))])
    assert forth["f1"] == pytest.approx(back["f1"], nan_ok=True)
    assert (forth["precision"], forth["recall"]) == pytest.approx((back["recall"], back["precision"]), nan_ok=True)
    assert forth["f1"] == pytest.approx(again["f1"], nan_ok=True)
    assert all(value != value or 0 <= value <= 1 for value in forth.values())
