"""Word tags, spelled and read."""

import pytest

from tasktune.core import WordTag
from tasktune.notations import tagged
from tasktune.notations.words import words

TEXT = "Die Häfen an/ab"
TAGS = (WordTag(0, 3, "DET"), WordTag(4, 9, "NOUN"), WordTag(10, 15, "a b"))


def test_words_and_tags_are_escaped_as_everywhere():
    assert tagged.write(TEXT, TAGS) == r"Die/DET Häfen/NOUN an\2f;ab/a\20;b"


def test_case_and_accents_may_be_lost():
    assert tagged.read("Die Häfen", words("Die Häfen"), "die / det hafen / noun", ("DET", "NOUN")) == TAGS[:2]


@pytest.mark.parametrize("written", ["\\uffffff;/X", "\\ffffff;/X", "/", "", "\\/X"])
def test_nonsense_of_a_model_is_no_tag(written):
    assert tagged.read("Die", words("Die"), written, ()) == ()
