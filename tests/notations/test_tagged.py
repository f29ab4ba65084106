"""Word tags, spelled and read."""

import re

import pytest

from tasktune.answers import WordTag
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


@pytest.mark.parametrize(
    ("text", "written", "tags"),
    [
        ("The U.S. sank", "the / det u. s. / propn sank / verb", ("DET", "PROPN", "VERB")),
        ("is n't he", "is / vbz n ' t / rb he / prp $", ("VBZ", "RB", "PRP$")),
        ("the boat . Run", "the / det boat / nn. / punct run / verb", ("DET", "NN", "PUNCT", "VERB")),
        ("his dog", "his / prp $ dog / nn", ("PRP$", "NN")),
        ("and/or so", r"and \ 2f ; or / cc so / rb", ("CC", "RB")),
        ("and/or so", "and / or / cc so / rb", ("CC", "RB")),
    ],
)
def test_blanks_that_an_uncased_tokenizer_puts_in_are_passed_over(text, written, tags):
    places = tuple((match.start(), match.end()) for match in re.finditer(r"\S+", text))
    labels = ("CC", "DET", "NN", "PRP", "PRP$", "PROPN", "PUNCT", "RB", "VBZ", "VERB")
    assert [tag.label for tag in tagged.read(text, places, written, labels)] == list(tags)
