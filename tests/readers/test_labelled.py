"""Labels before texts."""

import pytest

from tasktune.core import InputError
from tasktune.readers.labelled import looks


def test_the_first_word_is_the_label(values):
    assert values("NUM:date What  season ?\nDESC\tHow\n", "labelled") == [
        {"label": "NUM:date", "text": "What  season ?"},
        {"label": "DESC", "text": "How"},
    ]


def test_fasttext_labels_are_a_list(values):
    assert values("__label__a __label__b some text\n__label__c x __label__y\n", "labelled") == [
        {"label": ["a", "b"], "text": "some text"},
        {"label": ["c"], "text": "x __label__y"},
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("A b\nC\n", "file:2: a label, a space and a text"),
        ("A b\n\n", "file:2: a label"),
        ("__label__a b\nno label\n", "file:2: __label__NAME and a text"),
        ("__label__a b\n__label__b\n", "file:2: __label__NAME"),
    ],
)
def test_lines_without_a_label_or_text_are_refused(values, content, message):
    with pytest.raises(InputError, match=message):
        values(content, "labelled")


def test_looks():
    assert looks(["NUM:date What", "DESC:def Who"], frozenset())
    assert looks(["__label__a b"], frozenset())
    assert not looks(["I love it", "NO way"], frozenset())
    assert not looks([], frozenset())
