"""Comma-separated values by RFC 4180, and headers."""

import pytest

from tasktune.core import InputError
from tasktune.readers import rows, write
from tasktune.readers.csv import looks

KNOWN = frozenset({"text", "label"})


def test_a_header_is_known_by_a_known_name(values):
    assert values("id,Text\n1,a\n", "csv", KNOWN) == [{"id": "1", "Text": "a"}]
    assert values("spam,hello\nham,a\n", "csv", KNOWN) == [{"1": "spam", "2": "hello"}, {"1": "ham", "2": "a"}]


def test_every_value_is_text(values):
    assert values("text,label\nNA,007\n,1e5\nnull,\n", "csv", KNOWN) == [
        {"text": "NA", "label": "007"},
        {"text": "", "label": "1e5"},
        {"text": "null", "label": ""},
    ]


def test_quotes_hold_commas_quotes_and_line_breaks(file):
    content = 'text,label\r\n"a, ""b""\r\nc\nd\re",1\n"",2\r\n'
    found = list(rows(file(content), "csv", KNOWN))
    assert [row.values for row in found] == [{"text": 'a, "b"\r\nc\nd\re', "label": "1"}, {"text": "", "label": "2"}]
    assert [row.where.rpartition(":")[2] for row in found] == ["2", "5"]


def test_crlf_and_lf_may_be_mixed(values):
    assert values("a,b\r\nc,d\ne,f", "csv") == [{"1": "a", "2": "b"}, {"1": "c", "2": "d"}, {"1": "e", "2": "f"}]


def test_backslashes_and_spaces_are_text(values):
    assert values('a\\,  b \n"x\\"," ""y"" "\n', "csv") == [{"1": "a\\", "2": "  b "}, {"1": "x\\", "2": ' "y" '}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('text,label\n5" disk,1\n', "file:2: a quote is opened.*never closed"),
        ('text,label\na "b" c,1\n', r"file:2: a quote or a carriage return inside cell 1.*--format tsv"),
        ('text,label\n"a"b,1\n', "file:2: a quote or"),
        ('text,label\na, "b, c"\n', "file:2: a quote or a carriage return inside cell 2"),
        ("text,label\na\rb,1\n", "file:2: a quote or a carriage return inside cell 1"),
        ("text,label\na,b,c\n", "file:2: 3 cells where the first row has 2"),
        ('text,label\n"a\nb",1\na\n', "file:4: 1 cells where the first row has 2"),
        ("text,label\na,b\n\nc,d\n", "file:3: an empty line between rows.*--format conll"),
        ("text,label,text\na,b,c\n", "file:1: two columns are called 'text'"),
        ("quality,string\n1,a\n0,b\n1,c\n", "file:1: this looks like a header.*--map text='string'"),
    ],
)
def test_what_would_be_read_wrong_is_refused(values, content, message):
    with pytest.raises(InputError, match=message):
        values(content, "csv", KNOWN)


def test_empty_lines_at_the_end_are_no_rows(values):
    assert values("a,b\nc,d\n\n\n", "csv") == [{"1": "a", "2": "b"}, {"1": "c", "2": "d"}]


def test_a_column_without_a_name_has_its_number(values):
    assert values(",text\n0,a\n", "csv", KNOWN) == [{"1": "0", "text": "a"}]


def test_long_cells_are_no_trouble(values):
    long = "x,\n" * 100_000
    assert values(f'text,label\n"{long}",1\n', "csv", KNOWN)[0]["text"] == long


def test_looks():
    assert looks(["id,text", "1,a"], KNOWN)
    assert not looks(["Hello, world"], KNOWN)
    assert not looks(["text"], KNOWN)
    assert not looks([], KNOWN)


def test_what_is_not_text_is_written_as_json(tmp_path):
    write(tmp_path / "x.csv", [{"a": 1.5, "b": None, "c": ["x"], "d": "y"}])
    assert (tmp_path / "x.csv").read_text() == 'a,b,c,d\n1.5,null,"[""x""]",y\n'


def test_a_table_wants_the_same_fields(tmp_path):
    with pytest.raises(InputError, match="record 2 has the fields a, c, the first has a, b"):
        write(tmp_path / "x.csv", [{"a": "1", "b": "2"}, {"a": "1", "c": "2"}])
    assert list(tmp_path.iterdir()) == []
