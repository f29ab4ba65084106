"""ROUGE of one record and several references, in English and Chinese."""

from types import SimpleNamespace

import pytest

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.rouge import FIGURES, rouge


def scored(*triples):
    tally = Tally(rouge, replicates=20)
    for references, answer in triples:
        record = SimpleNamespace(answer=references[0], references=references if len(references) > 1 else ())
        tally.add(record, answer)
    return {name: score.value for name, score in tally.scores().values.items()}


@pytest.mark.parametrize("text", ["The cat sat.\nIt slept.", "猫坐在垫子上。", "Кошка сидит на коврике."])
def test_gold_scores_full_marks_and_nothing_scores_nothing(text):
    assert scored(((text,), text)) == pytest.approx(dict.fromkeys(FIGURES, 1.0))
    assert scored(((text,), None)) == dict.fromkeys(FIGURES, 0)


def test_a_chinese_character_is_a_word():
    found = scored((("北京大学在北京",), "北京大学在上海"))
    assert found["rouge1"] == pytest.approx(5 / 7)
    assert found["rouge2"] == pytest.approx(4 / 6)


def test_a_foreign_letter_in_an_english_text_changes_nothing():
    assert scored((("a β-VAE model",), "a 变 VAE models")) == pytest.approx(dict.fromkeys(FIGURES, 1.0))


def test_the_best_reference_counts_for_each_figure():
    references = ("the cat sat on the mat", "a dog ran far away")
    assert scored((references, "a dog ran far away")) == pytest.approx(dict.fromkeys(FIGURES, 1.0))


def test_the_mean_is_over_records():
    assert scored((("one two",), "one two"), (("one two",), "three"))["rouge1"] == pytest.approx(0.5)


def test_lines_are_the_sentences_of_rouge_lsum():
    found = scored((("one two three\nfour five six",), "four five six\none two three"))
    assert found["rougeLsum"] == pytest.approx(1)
    assert found["rougeL"] == pytest.approx(0.5)
