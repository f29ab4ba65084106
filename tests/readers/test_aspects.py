"""Aspects with their polarity, three lines each: rows out of them, and errors with their line."""

import pytest

from tasktune.core import InputError
from tasktune.readers import rows

TEXT = "The $T$ was cold .\nsoup\n-1\n$T$ by $T$ , all $T$\nyear\n0\n"


@pytest.mark.parametrize("name", ["train.raw", "Laptops_Train.xml.seg", "train.txt"])
def test_a_row_an_item(tmp_path, name):
    file = tmp_path / name
    file.write_text(TEXT)
    first, second = rows(file)
    assert first.values == {"text": "The $T$ was cold .", "aspect": "soup", "answer": "negative"}
    assert second.values == {"text": "$T$ by $T$ , all $T$", "aspect": "year", "answer": "neutral"}
    assert second.where.endswith(f"{name}:4")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TEXT + "a\nb\n1\n", "train.raw:7: no \\$T\\$ where the aspect stands"),
        (TEXT + "a $T$\nb\n2\n", "train.raw:9: the polarity is '2'"),
        (TEXT + "a $T$\nb\n", "train.raw:8: the last item has 2 of its three lines"),
    ],
)
def test_what_is_none_is_refused_with_its_line(tmp_path, text, told):
    file = tmp_path / "train.raw"
    file.write_text(text)
    with pytest.raises(InputError, match=told):
        list(rows(file))


@pytest.mark.parametrize("name", ["semeval14_atsc/Restaurants_Train.xml.seg", "twitter_acl14/train.raw"])
def test_real_files_are_read_to_their_end(shared, name):
    lines = (shared / "absa" / name).read_text("utf-8").rstrip("\n").split("\n")
    found = list(rows(shared / "absa" / name))
    assert len(found) == len(lines) / 3
    assert [row.values["aspect"] for row in found] == [line.strip() for line in lines[1::3]]
