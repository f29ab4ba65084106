"""Label names, matched and listed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.notations import names

NAMES = st.text(min_size=1, max_size=8) | st.sampled_from(["none", "NONE", " none", "a, b", ",", "\\2c;", " ", "\n"])


@given(st.lists(NAMES, unique=True))
def test_what_is_written_is_read(given):
    assert names.read_list(names.write_list(given), tuple(given)) == tuple(sorted(given))
    assert names.read_list(names.write_list(given), ()) == tuple(sorted(given))


def test_a_list_is_plain():
    assert names.write_list(["sport", "world news"]) == "sport, world news"
    assert names.write_list([]) == "none"


@pytest.mark.parametrize("written", ["none", " None ", "NONE", "", " , "])
def test_nothing_is_read_as_no_label(written):
    assert names.read_list(written, ("sport",)) == ()


def test_a_list_is_read_leniently():
    assert names.read_list(" SPORT ,world  news,sport,other", ("World News", "sport")) == ("World News", "sport")


def test_a_name_is_matched_exactly_first_and_then_without_case_accents_and_blanks():
    labels = ("café", "Cafe", "GENE-product")
    assert names.match("Cafe", labels) == "Cafe"
    assert names.match("cafe", labels) == "café"
    assert names.match("gene - product", labels) == "GENE-product"
    assert names.match("tea", labels) is None
    assert names.match("tea", ()) == "tea"
