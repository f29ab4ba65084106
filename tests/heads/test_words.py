"""Words for an encoder: each has tokens of its own, and those that it would have in its place, whatever the tokenizer."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import untrained
from families import ENCODERS
from tasktune.core import Lost
from tasktune.heads.base import Head
from tasktune.notations.words import words as words_of
from tasktune.tasks import task
from tasktune.tasks.ner import NER

MIXED = st.text("ab ,.中文京ＡÉé①\u3000\n\t👍\u200d𠮷", max_size=40) | st.text(max_size=40)


@pytest.fixture(scope="module")
def tagger(tiny: Callable[[str], Path]) -> Callable[[str], Head]:
    return cache(lambda kind: untrained(task("ner"), tiny(kind)).head)


def tokens_of_words(head: Head, text: str) -> list[list[str]]:
    """The tokens of each word, as the head gives them to the network."""
    (window,) = head.encode(NER(text=text), Lost())
    tokens = head.tokenizer.convert_ids_to_tokens(window.inputs["input_ids"])
    starts = [place - (tokens[place - 1] == "▁") for place in window.positions]  # a blank that is a token goes before its word
    return [tokens[start:end] for start, end in zip(starts, [*starts[1:], len(tokens) - 1], strict=True)]


@pytest.mark.parametrize("kind", ENCODERS)
def test_every_word_of_any_text_has_tokens_of_its_own(kind: str, tagger: Callable[[str], Head]) -> None:
    head = tagger(kind)

    @given(MIXED)
    def law(text: str) -> None:
        tokens = tokens_of_words(head, text) if words_of(text) else []
        assert len(tokens) == len(words_of(text))
        assert all(tokens)

    law()


def test_no_blank_is_put_before_a_word_that_stands_behind_another(tagger: Callable[[str], Head]) -> None:
    head = tagger("multilingual")
    assert head.tokenizer.tokenize(",")[0] == "▁"  # as it is tokenized alone
    assert ["".join(tokens) for tokens in tokens_of_words(head, "Ada, the\nteam (a)")] == [
        "▁Ada",
        ",",
        "▁the",
        "▁team",
        "▁(",
        "a",
        ")",
    ]


def test_words_apart_from_each_other_are_tokenized_as_the_whole_text(tagger: Callable[[str], Head]) -> None:
    head = tagger("multilingual")
    text = "Ada wrote to the team in London"
    assert [*chain.from_iterable(tokens_of_words(head, text))] == head.tokenizer.tokenize(text)


def test_a_word_is_looked_for_behind_a_blank_that_is_a_token(tagger: Callable[[str], Head]) -> None:
    head = tagger("multilingual")
    (window,) = head.encode(NER(text="Ada wrote ."), Lost())
    tokens = head.tokenizer.convert_ids_to_tokens(window.inputs["input_ids"])
    last = window.positions[-1]
    assert tokens[last - 1 : last + 1] == ["▁", "."]
    assert all(tokens[place] != "▁" for place in window.positions)
