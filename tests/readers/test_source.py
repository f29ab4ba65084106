"""What a line and a character are, in every text format."""

import gzip
import io
import os
import sys

import pytest

from tasktune.core import InputError
from tasktune.readers import rows
from tasktune.readers.source import Source

ODD = "a\u2028b\x85c\xa0d\x0be\x0cf\x1cg\rh\u3000i\ufeffj"


def texts(path, format="text"):
    return [row.values["text"] for row in rows(path, format)]


def test_lines_end_at_lf_and_crlf_and_nowhere_else(file):
    assert texts(file(f"{ODD}\r\nx\n\ny")) == [ODD, "x", "", "y"]


def test_no_line_is_made_up_at_the_end(file):
    assert texts(file("a\nb")) == texts(file("a\nb\n")) == ["a", "b"]
    assert texts(file("")) == []


def test_only_the_first_byte_order_mark_is_dropped(file):
    assert texts(file("\ufeffa\n\ufeffb\n")) == ["a", "\ufeffb"]
    assert texts(file("\ufeff\ufeffa\n")) == ["\ufeffa"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("naïve\n".encode() + "na\xefve\n".encode("latin-1"), r"file:2:3: byte 0xef is not UTF-8\..*iconv -f WINDOWS-1252"),
        ("text".encode("utf-16"), r"file:1:1: byte 0xff is not UTF-8\. The file is UTF-16.*iconv -f UTF-16"),
        ("text\n".encode("utf-16-le"), r"file:1:2: a NUL character.*iconv -f UTF-16"),
        (b"one\nt\0wo\n", r"file:2:2: a NUL character.*tr -d"),
        (b"one\rtwo\r", r"file:1: .*carriage returns but no line feed.*tr '\\r' '\\n'"),
    ],
)
def test_what_is_no_utf8_text_is_refused_with_its_place_and_a_fix(file, content, message):
    with pytest.raises(InputError, match=message):
        texts(file(content))


def test_gzip_is_known_by_its_bytes(file):
    packed = gzip.compress("é\nb\n".encode())
    assert texts(file(packed, "a.gz")) == texts(file(packed, "a")) == ["é", "b"]


def test_a_cut_off_gzip_is_refused(file):
    packed = gzip.compress(os.urandom(100_000).hex().encode())
    with pytest.raises(InputError, match="cannot be read to its end"):
        texts(file(packed[:-20]))
    broken = packed[:1000] + bytes(1000) + packed[2000:]
    with pytest.raises(InputError, match="cannot be read to its end"):
        texts(file(broken))


def test_a_missing_file_is_named_with_what_is_beside_it(file, tmp_path):
    file("", "train.csv")
    with pytest.raises(InputError, match=r"tain\.csv: No such file.*there are: train\.csv\."):
        list(rows(tmp_path / "tain.csv"))
    with pytest.raises(InputError, match="Is a directory"):
        texts(tmp_path)


def stdin(monkeypatch, content: bytes):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_standard_input_is_read_and_looked_at(monkeypatch):
    stdin(monkeypatch, b'{"text": "a"}\n{"text": "b"}\n')
    found = list(rows("-"))
    assert [row.values for row in found] == [{"text": "a"}, {"text": "b"}]
    assert found[1].where == "<stdin>:2"


def test_gzip_on_standard_input_is_named(monkeypatch):
    stdin(monkeypatch, gzip.compress(b"a"))
    with pytest.raises(InputError, match="zcat"):
        list(rows("-", "text"))


@pytest.mark.parametrize(("format", "line"), [("text", "one\n"), ("jsonl", '{"text": "one"}\n'), ("labelled", "A one\n")])
def test_standard_input_is_streamed(monkeypatch, format, line):
    """The first record is there before the second is written."""
    out, into = os.pipe()
    with os.fdopen(into, "wb", buffering=0) as writing, os.fdopen(out, "rb") as reading:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(reading))
        writing.write(line.encode())
        assert next(rows("-", format)).values["text"] == "one"


def test_the_head_is_whole_lines_and_still_to_be_read(file):
    long = "x" * 200_000
    with Source(file(f"{long}\nb\n")) as source:
        assert source.head() == [long]
        assert [line for _, line in source.lines()] == [long, "b"]
