"""ASTE's triplets and ACOS's quadruples: rows out of them, and errors with their line."""

import pytest

from tasktune.core import InputError
from tasktune.readers import rows

ASPECT, OPINION = {"start": 4, "end": 8, "label": "aspect"}, {"start": 13, "end": 22, "label": "opinion"}
WORDS = [[0, 3], [4, 8], [9, 12], [13, 17], [18, 22], [23, 24]]


def test_triplets(file):
    (one, none) = rows(file("The soup was very cold .####[([1], [3, 4], 'NEG')]\n\nWe left .####[]\n", "x.txt"))
    assert one.values == {
        "text": "The soup was very cold .",
        "words": WORDS,
        "answer": [{"source": ASPECT, "target": OPINION, "label": "NEG"}],
    }
    assert none.values["answer"] == []
    assert none.where.endswith("x.txt:3")


def test_quadruples(file):
    written = "The soup was very cold .\t1,2 FOOD#QUALITY 0 3,5\t-1,-1 PLACE 2 -1,-1\t1,1 FOOD 1 3,5\n"
    (row,) = rows(file(written, "x.tsv"))
    assert row.values == {
        "text": "The soup was very cold .",
        "words": WORDS,
        "answer": [
            {"source": ASPECT, "target": OPINION, "label": "FOOD#QUALITY negative"},
            {"source": None, "target": None, "label": "PLACE positive"},
            {"source": ASPECT, "target": OPINION, "label": "FOOD neutral"},
        ],
    }


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("x.txt", "a b####[([0], [1], 'POS')]\na b\na c####[]\n", "x.txt:2: a sentence, #### and a list"),
        ("x.tsv", "a b\t0,1 A 0 1,2\na b\t0,1 A 9 1,2\na c\t0,1 A 0 1,2\n", "x.tsv:2: a quadruple must be"),
    ],
)
def test_a_line_that_is_spoilt_does_not_make_a_table_or_plain_text_of_a_file(file, name, content, told):
    with pytest.raises(InputError, match=told):
        list(rows(file(content, name)))


@pytest.mark.parametrize(
    ("format", "content", "told"),
    [
        ("triplets", "a b####[([0], [1], 'POS')]\na b\n", "file:2: a sentence, #### and a list"),
        ("triplets", "a b####([0], [1], 1)\n", "file:1: a sentence, ####"),
        ("triplets", "a b####[([0], [1]]\n", "file:1: no list of triplets"),
        ("triplets", "a b####[([0], [2], 'POS')]\n", "file:1: a triplet must be"),
        ("triplets", "a b c####[([0, 2], [1], 'POS')]\n", "words that follow each other, of 3"),
        ("triplets", "a b####[([], [1], 'POS')]\n", "file:1: a triplet must be"),
        ("triplets", "a b####[3]\n", "file:1: a triplet must be"),
        ("quadruples", "a b\t0,1 A 0 1,2\na b\t0,1 A 3 1,2\n", "file:2: a quadruple must be"),
        ("quadruples", "a b\t0,3 A 0 1,2\n", "numbers of words from 0 to 2"),
        ("quadruples", "a b\t0,1 A 0 -1,2\n", "file:1: a quadruple must be"),
        ("quadruples", "a b\t2,2 A 0 -1,-1\n", "file:1: a quadruple must be"),
    ],
)
def test_what_is_none_is_refused_with_its_line(file, format, content, told):
    with pytest.raises(InputError, match=told):
        list(rows(file(content), format))
