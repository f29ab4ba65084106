"""Running text in documents."""

import pytest

from tasktune.core import InputError
from tasktune.readers import rows


def test_blank_lines_part_documents(file):
    found = list(rows(file("\n\nA\nb\n \n\t\nC\n\n"), "documents"))
    assert [row.values for row in found] == [{"text": "A\nb"}, {"text": "C"}]
    assert [row.where.rpartition(":")[2] for row in found] == ["3", "7"]


def test_end_of_text_lines_part_documents_that_may_hold_blank_lines(values):
    assert values("A\n\nb\n\n<|endoftext|>\n<|endoftext|>\nC <|endoftext|>\n", "documents") == [
        {"text": "A\n\nb"},
        {"text": "C <|endoftext|>"},
    ]


def test_a_text_that_nothing_parts_is_one_document(values):
    assert values("a\nb\n", "documents") == [{"text": "a\nb"}]


def test_a_late_end_of_text_is_refused_rather_than_mixed(values):
    with pytest.raises(InputError, match=r"file:40002: <\|endoftext\|> for the first time"):
        values("ab\n" * 40_000 + "\n<|endoftext|>\n", "documents")
