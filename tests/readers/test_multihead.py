"""Blocks of words with entities and relations, as Bekoulis et al. have CoNLL04: rows out of them, and errors with their line."""

import pytest

from tasktune.core import InputError
from tasktune.readers import rows

BLOCK = "#doc 7\n0\tJohn\tB-Peop\t['Live_In', 'Work_For']\t[2, 2]\n1\tof\tO\t['N']\t[1]\n2\tOhio\tB-Loc\t['N']\t[2]\n"


def test_a_row_a_text(file):
    first, second = rows(file(BLOCK + "#doc 8\n0\tNo\tO\t['N']\t[0]\n", "x.txt"))
    assert first.values == {
        "id": "7",
        "words": ["John", "of", "Ohio"],
        "tags": ["B-Peop", "O", "B-Loc"],
        "relations": [[0, 2, "Live_In"], [0, 2, "Work_For"]],
    }
    assert second.values["words"] == ["No"]
    assert second.where.endswith("x.txt:5")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("0\tJohn\tO\t['N']\t[0]\n", "file:1: the first line must be #doc"),
        (BLOCK + "4\tx\tO\t['N']\t[4]\n", "file:5: the number 3, a word, its tag"),
        (BLOCK + "3\tx\tO\t['N']\n", "file:5: the number 3, a word, its tag"),
        (BLOCK + "3\tx\tO\t['N']\t[3, 4]\n", "file:5: relations and heads must be lists of the same length"),
        (BLOCK + "3\tx\tO\tnone\t[3]\n", "file:5: relations and heads must be lists"),
        (BLOCK + "3\tx\tO\t['Kill']\t[4]\n", "file:1: word 3 is related to word 4, but there are 4"),
        ("#doc 1\n#doc 2\n", "file:1: no words below"),
    ],
)
def test_what_is_none_is_refused_with_its_line(file, content, told):
    with pytest.raises(InputError, match=told):
        list(rows(file(content), "multihead"))
