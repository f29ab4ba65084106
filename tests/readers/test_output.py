"""Outputs appear whole or not at all."""

import gzip
import io
import sys
from pathlib import Path

import pytest

from tasktune.core import InputError
from tasktune.readers import output, rows, write


def test_a_file_is_there_when_all_is_written(tmp_path):
    path = tmp_path / "x.txt"
    with output(path) as stream:
        stream.write("é\r\n\u2028")
        stream.flush()
        assert not path.exists()
    assert path.read_bytes() == "é\r\n\u2028".encode()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_after_an_error_all_is_as_before(tmp_path, error):
    path = tmp_path / "x.txt"
    path.write_text("before")

    def failing():
        with output(path) as stream:
            stream.write("after")
            raise error

    with pytest.raises(error):
        failing()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_generator_that_fails_leaves_nothing(tmp_path):
    def failing():
        yield {"a": 1}
        raise InputError("no more")

    with pytest.raises(InputError, match="no more"):
        write(tmp_path / "x.jsonl", failing())
    assert list(tmp_path.iterdir()) == []


def test_rights_and_links_are_kept(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("before")
    real.chmod(0o640)
    link.symlink_to(real)
    with output(link) as stream:
        stream.write("after")
    assert link.is_symlink()
    assert real.read_text() == "after"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_rights_of_any_other(tmp_path):
    (tmp_path / "usual").touch()
    with output(tmp_path / "x") as stream:
        stream.write("a")
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_devices_are_not_replaced():
    with output("/dev/null") as stream:
        stream.write("x")
    assert not Path("/dev/null").is_file()


def test_gzip(tmp_path):
    write(tmp_path / "x.jsonl.gz", [{"a": "é"}])
    assert gzip.decompress((tmp_path / "x.jsonl.gz").read_bytes()) == '{"a": "é"}\n'.encode()
    assert [row.values for row in rows(tmp_path / "x.jsonl.gz")] == [{"a": "é"}]


@pytest.mark.parametrize("path", ["none/x.jsonl", "."])
def test_where_nothing_can_be_written(tmp_path, path):
    with pytest.raises(InputError, match=r"cannot be written: No such file|is a folder"):
        write(tmp_path / path, [{"a": 1}], "jsonl")


def test_standard_output_is_utf8_and_flushed_at_each_row(monkeypatch):
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="ascii"))
    seen = []

    def given():
        yield {"a": "é"}
        seen.append(out.getvalue())
        yield {"a": "b"}

    write("-", given())
    assert seen == ['{"a": "é"}\n'.encode()]
    assert out.getvalue() == '{"a": "é"}\n{"a": "b"}\n'.encode()
    sys.stdout.write("still open")


def test_a_first_byte_order_mark_of_a_text_is_not_lost(tmp_path):
    write(tmp_path / "x.txt", [{"text": "\ufeffa"}])
    assert [row.values for row in rows(tmp_path / "x.txt", "text")] == [{"text": "\ufeffa"}]


def test_half_surrogates_are_refused(tmp_path):
    with pytest.raises(InputError, match="half of a surrogate pair"):
        write(tmp_path / "x.jsonl", [{"a": "\ud800"}])
    assert list(tmp_path.iterdir()) == []
