"""The sentences that come nearest to a summary, found greedily."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from tasktune.metrics.oracle import oracle

TEXT = ["The council met.", "It closed the old bridge to cars.", "Boats may pass.", "Few came."]


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        ([], []),
        ([""], []),
        (["nothing in common"], []),
        (["Old bridge closed to cars"], [1]),
        (["The council closed the old bridge to cars.\nBoats may pass."], [0, 1, 2]),
        (["Old bridge closed", "Boats may pass."], [2]),  # the reference that can be told whole
    ],
)
def test_sentences_are_added_while_that_helps(references, expected):
    assert [k for k, yes in enumerate(oracle(TEXT, references)) if yes] == expected


def test_chinese_is_compared_by_character():
    assert oracle(["今天下雨。", "老桥关闭了。", "没有人来。"], ["老桥已关闭"]) == (False, True, False)


def rouge(summary: str, reference: str) -> float:
    found = RougeScorer(("rouge1", "rouge2"), use_stemmer=True).score(reference, summary)
    return found["rouge1"].fmeasure + found["rouge2"].fmeasure


@pytest.mark.parametrize("reference", ["The old bridge is closed to cars", "Few boats met the council", "Cars came"])
def test_the_first_sentence_taken_is_that_of_the_best_rouge(reference):
    """One sentence has the same pairs of words as rouge-score counts, so that no single one is better than all that are taken."""
    taken = [sentence for sentence, yes in zip(TEXT, oracle(TEXT, [reference]), strict=True) if yes]
    best = max(TEXT, key=lambda sentence: rouge(sentence, reference))
    assert best in taken
    assert rouge(" ".join(taken), reference) >= rouge(best, reference) - 0.05


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=5).map(" ".join)


@given(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=2))
def test_each_sentence_is_taken_or_left(sentences, references):
    taken = oracle(sentences, references)
    assert len(taken) == len(sentences)
    spoken = {word for reference in references for word in reference.split()}
    assert all(spoken & set(sentence.split()) for sentence, yes in zip(sentences, taken, strict=True) if yes)
