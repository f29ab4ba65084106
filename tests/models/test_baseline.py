"""What guessing by frequency scores, worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rows import read
from tasktune.core import Record
from tasktune.datasets import records
from tasktune.models.baseline import baseline, blind
from tasktune.scores import Scores
from tasktune.tasks import task


def guessed(name: str, train: list[Record], dev: list[Record]) -> Scores:
    scores = baseline(task(name), train, dev)
    assert scores is not None
    return scores


def labelled(name: str, *answers: Any) -> list[Record]:
    return [read(name, text=f"text {k}", answer=answer) for k, answer in enumerate(answers)]


def test_the_most_frequent_label() -> None:
    dev = labelled("classification", "no", "yes", "no", "no")
    assert guessed("classification", labelled("classification", "no", "yes", "no"), dev).values["accuracy"].value == 0.75


def test_every_label_that_more_than_half_the_records_bear() -> None:
    train = labelled("multilabel", ["a", "b"], ["a", "c"], ["b"], ["a"])  # a: 3 of 4; b: 2 of 4, not more than half
    dev = labelled("multilabel", ["a"], ["a", "b"])
    assert guessed("multilabel", train, dev).values["micro_f1"].value == pytest.approx(2 * 2 / (2 + 3))


def test_the_mean_of_the_numbers() -> None:
    train, dev = labelled("regression", 1.0, 2.0, 6.0), labelled("regression", 3.0, 5.0)
    assert guessed("regression", train, dev).values["rmse"].value == pytest.approx(2**0.5)  # of a guess of 3


def test_the_tag_that_a_word_bore_most_often_and_for_a_new_word_the_tag_of_most_words() -> None:
    train = [
        read("pos", words=["the", "light", "is", "light"], tags=["DET", "ADJ", "VERB", "ADJ"]),
        read("pos", words=["the", "light"], tags=["DET", "NOUN"]),
    ]
    dev = [read("pos", words=["the", "light", "sleeps", "green"], tags=["DET", "NOUN", "VERB", "ADJ"])]
    # light: ADJ twice, NOUN once; new words: ADJ or DET, of which there are two each, the first seen
    assert guessed("pos", train, dev).values["accuracy"].value == pytest.approx(0.25)


def test_spans_of_the_usual_tags_make_entities() -> None:
    train = [read("ner", words=["Ada", "met", "Ada"], tags=["B-PER", "O", "B-PER"])]
    dev = [read("ner", words=["met", "Ada", "Bob"], tags=["O", "B-PER", "O"])]  # a new word gets B-PER too
    found = guessed("ner", train, dev).values
    assert {name: found[name].value for name in ("precision", "recall")} == {"precision": 0.5, "recall": 1.0}


def test_open_answers_have_none() -> None:
    records = list(task("summarization").example)
    assert baseline(task("summarization"), records, records) is None


def _asked(*pairs: tuple[str, str]) -> list[Record]:
    return [read("vqa", question=question, images=b"", answer=answer) for question, answer in pairs]


def test_blind_is_the_answer_that_the_words_most_often_had() -> None:
    train = _asked(("colour?", "red"), ("colour?", "red"), ("colour?", "blue"), ("is it?", "yes"), ("new?", "red"))
    dev = _asked(("colour?", "red"), ("colour?", "blue"), ("is it?", "yes"), ("never asked?", "red"))
    found = blind(task("vqa"), train, dev)
    assert found is not None
    assert found.values["vqa_accuracy"].value == 0.75
    assert guessed("vqa", train, dev).values["vqa_accuracy"].value == 0.5
    assert blind(task("ner"), [], []) is None


def test_easy_vqa_can_be_answered_blind_in_seven_of_ten(shared: Path) -> None:
    train, dev = (
        list(records(task("vqa"), shared / "vision_language" / "easy_vqa" / split / "questions.json"))
        for split in ("train", "dev")
    )
    found = blind(task("vqa"), train, dev)
    assert found is not None
    assert found.main.value == pytest.approx(0.69, abs=0.005)
