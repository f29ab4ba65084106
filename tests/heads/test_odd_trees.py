"""Whatever a text is, a parser says one tree a sentence of it, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import untrained, with_options
from tasktune.answers import Dependency
from tasktune.core import Lost
from tasktune.models.model import Model
from tasktune.notations.tokens import sentences_of, words_of
from tasktune.notations.trees import flaw
from tasktune.tasks import task

HUNDREDS = "Ada sleeps in the park, and not in London. " * 30
ODD = (
    "",
    "one",
    HUNDREDS,
    "word " * 200,
    "👩‍👩‍👧 👍🏽",
    "北京很大。 كتاب Ada\u0301! नमस्ते। 한국",
    "   ",
    " \n\t\u2028",
    "\u200b\u0301",
    "…",
    "x" * 3000,
    "Dogs bark. Cats sleep. It rains.",
)


@pytest.fixture(scope="module")
def parser(tiny: Callable[[str], Path]) -> Model:
    return with_options(untrained(task("dependency-parsing"), tiny("bert")), max_length=64)


def check(said: Any) -> None:
    """Every word is there, and those of each sentence are a tree."""
    record, tree = said.record, said.answer
    assert [(word.start, word.end) for word in tree] == [*words_of(record)]
    assert all(0 <= score <= 1 + 1e-6 for score in (said.score, *said.scored.scores))
    sentences = sentences_of(record)
    assert [first for first, _ in sentences] == [0, *(last for _, last in sentences)][: len(sentences)]
    for first, last in sentences:
        heads = [word.head for word in tree[first:last]]
        assert all(head == 0 or first < head <= last for head in heads)
        assert flaw([head and head - first for head in heads]) is None


def test_odd_texts_are_parsed_alone_as_together(parser: Model) -> None:
    together = parser.predict(ODD)
    for said, text in zip(together, ODD, strict=True):  # an answer for each text
        check(said)
        assert [said.answer] == [one.answer for one in parser.predict([text])]
    assert len([word for word in together[-1].answer if word.head == 0]) == 3


def test_any_text_is_parsed(parser: Model) -> None:
    @settings(max_examples=10)
    @given(st.lists(st.text(), min_size=1, max_size=4))
    def law(texts: list[str]) -> None:
        for said in parser.predict(texts):
            check(said)

    law()


def test_sentences_of_a_long_text_are_read_by_themselves_and_none_is_cut(parser: Model) -> None:
    lost = Lost()
    (whole,) = parser.predict([HUNDREDS], lost)
    (one,) = parser.predict([HUNDREDS[: len(HUNDREDS) // 30].strip()])
    assert lost.as_json() == {}
    relations = [(word.head, word.label, word.tag) for word in one.answer]
    assert [
        (word.head and word.head - k // len(relations) * len(relations), word.label, word.tag)
        for k, word in enumerate(whole.answer)
    ] == relations * 30


@pytest.mark.parametrize(
    ("lossy", "answered", "told"), [("split", 202, "split"), ("truncate", 202, "truncated"), ("drop", None, "dropped")]
)
def test_the_policy_on_long_sentences_is_about_the_text(parser: Model, lossy: str, answered: int | None, told: str) -> None:
    text = f"Dogs bark. {'word ' * 100}. {'more ' * 97}."
    (said,) = with_options(parser, lossy=lossy).predict([text], lost := Lost())
    assert lost.counts == {told: 1}
    assert (said.answer and len(said.answer)) == answered
    if answered:
        check(said)


def test_a_parser_that_writes_says_a_tree_a_sentence(tiny: Callable[[str], Path]) -> None:
    writer = with_options(untrained(task("dependency-parsing"), tiny("gpt2")), max_new_tokens=40)
    (said,) = writer.predict(["Dogs bark. Cats sleep."])
    check(said)
    assert all(isinstance(word, Dependency) for word in said.answer)
