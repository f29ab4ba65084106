"""Exact match and F1 of answers, by cases whose scores can be told by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import MADE, TEXTS
from tasktune.metrics.answers import exact_and_f1, is_chinese, normalised_words
from tasktune.metrics.bootstrap import Tally
from tasktune.tasks import task

QA = task("question-answering")


@pytest.mark.parametrize(
    ("golds", "said", "scores"),
    [
        (["the Eiffel Tower"], "Eiffel tower.", (1, 1)),
        (["Paris", "the city of Paris"], "city of Paris", (1, 1)),
        (["in Paris"], "Paris", (0, 2 / 3)),
        (["a a b"], "b b", (0, 2 / 3)),  # "a" is an article
        (["Paris"], "", (0, 0)),
        ([], "", (1, 1)),
        ([], "Paris", (0, 0)),
        (["the"], "", (1, 1)),  # nothing is left of it
    ],
)
def test_english_as_squad(golds, said, scores):
    assert exact_and_f1(golds, said, chinese=False) == pytest.approx(scores)


@pytest.mark.parametrize(
    ("golds", "said", "scores"),
    [
        (["《人民日报》"], "人民日报", (1, 1)),
        (["人民日报"], "人民网日报", (0, 2 * (2 / 5 * 2 / 4) / (2 / 5 + 2 / 4))),
        (["Nexon公司"], "nexon", (0, 0.5)),
        (["人民"], "日报", (0, 0)),
        ([], "", (1, 1)),
    ],
)
def test_chinese_as_cmrc(golds, said, scores):
    assert exact_and_f1(golds, said, chinese=True) == pytest.approx(scores)


def test_a_text_is_chinese_by_most_of_its_words():
    assert is_chinese("由韩国Nexon开发与发行")
    assert not is_chinese("Kublai Khan (忽必烈) founded the Yuan dynasty")
    assert not is_chinese("")


@given(st.lists(TEXTS, max_size=3), TEXTS, st.booleans())
def test_scores_are_shares_and_a_gold_answer_is_right(golds, said, chinese):
    exact, f1 = exact_and_f1(golds, said, chinese=chinese)
    assert 0 <= exact <= f1 + 1e-9 <= 1 + 2e-9
    for gold in golds:
        assert exact_and_f1(golds, gold, chinese=chinese)[0] == 1 or not normalised_words(
            gold
        )  # SQuAD passes over a gold of no words


@given(st.lists(MADE["question-answering"], min_size=1, max_size=3))
def test_f1_is_never_below_exact_match(records):
    tally = Tally(QA.metric, replicates=0)
    for record in records:
        tally.add(record, records[0].answer and record.answer)
    found = tally.scores().values
    assert found["exact"].value <= found["f1"].value + 1e-9


def test_questions_without_an_answer_are_told_apart_where_there_are_any():
    tally = Tally(QA.metric, replicates=0)
    for record in QA.example:
        tally.add(record, ())
    found = {name: score.value for name, score in tally.scores().values.items()}
    assert found == {"f1": 0.25, "exact": 0.25, "HasAns_f1": 0, "HasAns_exact": 0, "NoAns_exact": 1}
    alone = Tally(QA.metric, replicates=0)
    alone.add(QA.example[0], QA.example[0].answer)
    assert set(alone.scores().values) == {"f1", "exact"}
