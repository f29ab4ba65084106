"""Tab-separated values: quotes are text."""

import pytest

from tasktune.core import InputError
from tasktune.readers import write
from tasktune.readers.tsv import looks

KNOWN = frozenset({"text", "label"})


def test_quotes_are_text(values):
    assert values('text\tlabel\n"a\t"b"\nNA\t007\n', "tsv", KNOWN) == [
        {"text": '"a', "label": '"b"'},
        {"text": "NA", "label": "007"},
    ]


def test_without_a_header_columns_are_numbered(values):
    assert values("a\t1\nb\t0\n", "tsv", KNOWN) == [{"1": "a", "2": "1"}, {"1": "b", "2": "0"}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("text\tlabel\na\n", "file:2: 1 cells where the first row has 2"),
        ("text\tlabel\na\tb\t\n", "file:2: 3 cells"),
        ("word\tO\n\nword\tO\n", "file:2: an empty line between rows.*--format conll"),
        ("quality\tone\n1\ta\n0\tb\n1\tc\n", "file:1: this looks like a header"),
    ],
)
def test_what_would_be_read_wrong_is_refused(values, content, message):
    with pytest.raises(InputError, match=message):
        values(content, "tsv", KNOWN)


def test_looks():
    assert looks(["a\tb", "c\t"], KNOWN)
    assert not looks(["a\tb", "c"], KNOWN)
    assert not looks(["a\tb", "", "c\td"], KNOWN)
    assert not looks(["a", "b"], KNOWN)


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\r"])
def test_what_tsv_cannot_hold_is_not_written(tmp_path, text):
    with pytest.raises(InputError, match="record 2: TSV cannot hold a tab or line break"):
        write(tmp_path / "x.tsv", [{"text": "a"}, {"text": text}])
    assert list(tmp_path.iterdir()) == []
