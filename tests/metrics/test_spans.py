"""Scores of spans and word tags."""

import math
import random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.answers import Span, WordTag
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.spans import span_f1, tagging_accuracy

SPANS = st.sets(st.builds(Span, st.integers(0, 3), st.integers(4, 6), st.sampled_from("AB"))).map(tuple)
TAGS = st.lists(st.sampled_from("NV")).map(lambda tags: tuple(WordTag(2 * k, 2 * k + 1, tag) for k, tag in enumerate(tags)))


def scored(metric, pairs):
    tally = Tally(metric, replicates=20)
    for gold, answer in pairs:
        tally.add(SimpleNamespace(answer=gold), answer)
    return {name: score.value for name, score in tally.scores().values.items()}


def test_a_span_is_right_only_as_a_whole():
    gold = (Span(0, 3, "PER"), Span(5, 9, "LOC"), Span(12, 15, "LOC"))
    said = (Span(0, 3, "PER"), Span(5, 9, "ORG"), Span(12, 14, "LOC"), Span(20, 22, "LOC"))
    scores = scored(span_f1, [(gold, said)])
    assert scores == pytest.approx(
        {"f1": 2 / 7, "precision": 1 / 4, "recall": 1 / 3, "f1/LOC": 0, "f1/ORG": 0, "f1/PER": 1}, abs=1e-12
    )


@given(st.lists(SPANS).filter(any))
def test_gold_spans_score_full_marks(golds):
    assert set(scored(span_f1, [(gold, gold) for gold in golds]).values()) == {1}


@given(st.lists(st.tuples(SPANS, SPANS | st.none())), st.randoms())
def test_spans_are_scored_in_bounds_and_in_any_order(pairs, chance):
    scores = scored(span_f1, pairs)
    assert all(0 <= figure <= 1 or math.isnan(figure) for figure in scores.values())
    shuffled = chance.sample(pairs, len(pairs))
    assert scored(span_f1, shuffled) == pytest.approx(scores, nan_ok=True)


@given(st.lists(st.tuples(SPANS, SPANS)))
def test_f1_is_the_same_whichever_side_is_gold(pairs):
    one, other = scored(span_f1, pairs), scored(span_f1, [(said, gold) for gold, said in pairs])
    exchanged = {"precision": "recall", "recall": "precision"}
    assert {exchanged.get(name, name): figure for name, figure in other.items()} == pytest.approx(one, nan_ok=True)


def test_nothing_said_is_no_precision_and_nothing_to_find_is_no_score():
    silent = scored(span_f1, [((Span(0, 1, "A"),), ()), ((Span(0, 1, "A"),), None)])
    assert (silent["f1"], silent["precision"], silent["recall"]) == (0, 0, 0)
    assert all(math.isnan(figure) for figure in scored(span_f1, [((), ())]).values())


@given(st.lists(TAGS).filter(any))
def test_gold_tags_score_full_marks(golds):
    assert set(scored(tagging_accuracy, [(gold, gold) for gold in golds]).values()) == {1}


def test_word_tags_are_simply_counted():
    chance = random.Random(5)
    golds = [[chance.choice("NVP") for _ in range(chance.randint(1, 9))] for _ in range(50)]
    saids = [[chance.choice("NVP") if chance.random() < 0.2 else tag for tag in tags] for tags in golds]
    as_words = [[tuple(WordTag(k, k + 1, t) for k, t in enumerate(tags)) for tags in side] for side in (golds, saids)]
    scores = scored(tagging_accuracy, zip(*as_words, strict=True))
    words = [(g, s) for gold, said in zip(golds, saids, strict=True) for g, s in zip(gold, said, strict=True)]
    assert scores["accuracy"] == pytest.approx(sum(g == s for g, s in words) / len(words))
    assert scores["sentence_accuracy"] == pytest.approx(sum(g == s for g, s in zip(golds, saids, strict=True)) / 50)


@pytest.mark.parametrize("said", [(WordTag(0, 1, "N"),), (WordTag(0, 1, "N"), WordTag(2, 3, "N")), None])
def test_a_word_left_out_or_mistagged_is_wrong(said):
    gold = (WordTag(0, 1, "N"), WordTag(2, 3, "V"))
    assert scored(tagging_accuracy, [(gold, said)]) == {"accuracy": 0.5 if said else 0, "sentence_accuracy": 0}
