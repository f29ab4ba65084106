"""Files that go line by line together."""

import gzip

import pytest

from tasktune.core import InputError
from tasktune.readers import rows


def read(*paths):
    return [dict(row.values) for row in rows(",".join(map(str, paths)))]


def test_columns_are_called_by_what_tells_the_files_apart(file):
    content = "one\ntwo\n"
    assert read(file(content, "t.en"), file(content, "t.de")) == [{"en": "one", "de": "one"}, {"en": "two", "de": "two"}]
    assert list(read(file(content, "words.txt"), file(content, "tags.txt"))[0]) == ["words", "tags"]
    assert list(read(file(content, "t.en"), file(content, "T.EN"))[0]) == ["1", "2"]


def test_three_files_one_compressed(file):
    packed = file(gzip.compress(b"eins\n"), "t.de.gz")
    assert read(file("one\n", "t.en"), packed, file("un\n", "t.fr")) == [{"en": "one", "de": "eins", "fr": "un"}]


def test_files_of_different_lengths_are_refused_with_both_counts(file):
    with pytest.raises(InputError, match=r"t\.en has 3 lines, .*t\.de has 1 lines"):
        read(file("a\nb\nc\n", "t.en"), file("a\n", "t.de"))


def test_one_file_is_not_parallel(file):
    with pytest.raises(InputError, match=r"two files or more.*train\.en,train\.de"):
        list(rows(file("a\n"), "parallel"))


def test_a_file_with_a_comma_in_its_name_is_itself(file):
    assert [row.values for row in rows(file("a\n", "x,y.txt"))] == [{"text": "a"}]


def test_the_missing_file_of_several_is_named(file, tmp_path):
    with pytest.raises(InputError, match=r"t\.de: No such file"):
        read(file("a\n", "t.en"), tmp_path / "t.de")
