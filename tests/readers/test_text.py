"""A text a line."""

import pytest

from tasktune.core import InputError
from tasktune.readers.text import looks, write


def test_an_empty_line_is_an_empty_text(values):
    assert values(" a \n\nb\n", "text") == [{"text": " a "}, {"text": ""}, {"text": "b"}]


def test_looks():
    assert looks(["a"], frozenset())
    assert not looks(["", " "], frozenset())
    assert not looks(["a", "<|endoftext|>"], frozenset())
    assert not looks(['<?xml version="1.0"?>'], frozenset())


@pytest.mark.parametrize("text", ["a\nb", "a\r"])
def test_what_is_no_line_is_not_written(text):
    with pytest.raises(InputError, match="record 1 has a line break"):
        list(write([{"text": text}]))


def test_a_file_is_one_text(values):
    assert values("Act I\n\nEnter two.\n", "whole") == [{"text": "Act I\n\nEnter two.\n"}]
    assert values("", "whole") == []
