"""Parquet, and doing without pyarrow."""

import io
import sys

import pytest

from tasktune.core import InputError
from tasktune.readers import rows

pyarrow = pytest.importorskip("pyarrow", reason="the extra tasktune[parquet] is not installed")
from pyarrow import parquet  # noqa: E402


@pytest.fixture
def packed(tmp_path):
    path = tmp_path / "x.parquet"
    table = pyarrow.table({"text": ["NA", "007", ""], "label": [1, None, 3], "words": [["a"], [], ["b", "c"]]})
    parquet.write_table(table, path)
    return path


EXPECTED = [
    {"text": "NA", "label": 1, "words": ["a"]},
    {"text": "007", "label": None, "words": []},
    {"text": "", "label": 3, "words": ["b", "c"]},
]


def test_types_are_kept(packed):
    found = list(rows(packed))
    assert [row.values for row in found] == EXPECTED
    assert found[2].where.endswith("x.parquet:3")


def test_standard_input(packed, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed.read_bytes())))
    assert [row.values for row in rows("-", "parquet")] == EXPECTED


def test_a_broken_file_is_refused(packed):
    packed.write_bytes(packed.read_bytes()[:-10])
    with pytest.raises(InputError, match="not a whole Parquet file"):
        list(rows(packed))


def test_two_columns_of_one_name_are_refused(tmp_path):
    parquet.write_table(
        pyarrow.Table.from_arrays([pyarrow.array([1]), pyarrow.array([2])], names=["a", "a"]), tmp_path / "x.parquet"
    )
    with pytest.raises(InputError, match="two columns have the same name: a, a"):
        list(rows(tmp_path / "x.parquet"))


def test_without_pyarrow_the_pip_command_is_named(packed, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"pip install 'tasktune\[parquet\]'"):
        list(rows(packed))
