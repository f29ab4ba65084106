"""What rows say of words, tags and labelled places, made into a text and places in it."""

import pytest

from tasktune.answers import Span, WordTag
from tasktune.core import InputError, Row
from tasktune.notations.tokens import spans_of, tags_of, text_and_words

PLACES = ((0, 3), (4, 10))


def row(**values):
    return Row(values, "file:7")


@pytest.mark.parametrize(
    "values",
    [
        {"words": ["Ada", "sleeps"]},
        {"words": "Ada sleeps"},
        {"words": " Ada  sleeps "},
        {"words": ["Ada", "sleeps"], "space_after": [True, False]},
        {"text": "Ada sleeps", "words": [[0, 3], [4, 10]]},
        {"text": "Ada sleeps", "words": [{"start": 0, "end": 3, "id": 0}, {"start": 4, "end": 10, "id": 1}]},
        {"text": "Ada sleeps", "words": ["Ada", "sleeps"]},
    ],
)
def test_words_come_in_any_of_these_ways(values):
    assert text_and_words(row(**values)) == ("Ada sleeps", PLACES)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("我 爱 北京", "我爱北京"),
        ("我 爱 ， 北京 。", "我爱，北京。"),
        ("我 爱 J a v a ， 1 0", "我爱Java，10"),  # by character
        ("我 爱 Java 吗", "我爱 Java 吗"),
        ("「 カフェ 」 ！", "「カフェ」！"),
        ("😀 😀", "😀 😀"),
        ("a b", "a b"),
        ("나 는 간다", "나 는 간다"),
    ],
)
def test_blanks_go_where_the_script_has_them(words, text):
    assert text_and_words(row(words=words.split()))[0] == text


@pytest.mark.parametrize("tags", ["N V", " N  V"])
def test_words_and_tags_may_be_two_texts_that_go_together(tags):
    both = row(words="Ada sleeps", tags=tags)
    assert [tag.label for tag in tags_of(both, *text_and_words(both))] == ["N", "V"]


def test_a_text_of_the_rows_own_is_kept_and_its_words_are_found_in_it():
    assert text_and_words(row(text="¡Ada  met\nAda!", words=["Ada", "met", "Ada", "!"])) == (
        "¡Ada  met\nAda!",
        ((1, 4), (6, 9), (10, 13), (13, 14)),
    )


def test_stated_blanks_come_before_the_text_for_contractions_are_not_in_it():
    assert text_and_words(row(text="du pain", words=["de", "le", "pain"], space_after=[False, True, False])) == (
        "dele pain",
        ((0, 2), (2, 4), (5, 9)),
    )


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"text": "Ada", "words": ["Ada", "Ada"]}, "file:7: the word 'Ada' is not in the text"),
        ({"text": "Ada", "words": [""]}, "file:7: the word '' is not in the text"),
        ({"words": ["Ada", "met"], "space_after": [True]}, "file:7: 2 words but 1 'space_after'"),
        ({"words": 3}, "file:7: 'words' must be a list"),
        ({"words": " "}, "file:7: 'words' must be a list"),
        ({"text": "Ada", "words": [[0, 9]]}, "file:7: words must follow each other"),
    ],
)
def test_words_that_make_no_sense_are_refused_with_their_place(values, why):
    with pytest.raises(InputError, match=why):
        text_and_words(row(**values))


def test_each_tag_has_its_word():
    tagged = (WordTag(0, 3, "N"), WordTag(4, 10, "V"))
    assert tags_of(row(tags=["N", "V"]), "Ada sleeps", PLACES) == tagged
    assert tags_of(row(tags=("N", "V")), "Ada sleeps", ()) == tagged
    assert tags_of(row(), "Ada sleeps", PLACES) is None


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ([0, 3], "file:7: 'tags' must be a list of texts, but one is 0 .*write the names in their place"),
        ("N V", "file:7: 'tags' must be a list of texts, but is 'N V'"),
        (["N"], "file:7: 2 words but 1 tags"),
    ],
)
def test_tags_that_are_no_names_are_refused(tags, why):
    with pytest.raises(InputError, match=why):
        tags_of(row(tags=tags), "Ada sleeps", PLACES)


def test_labelled_places_come_in_the_order_of_the_text():
    given = [[4, 10, "V"], {"start": 0, "end": 3, "label": "N", "text": "Ada"}]
    assert spans_of(row(answer=given), "Ada sleeps") == (Span(0, 3, "N"), Span(4, 10, "V"))
    assert spans_of(row(answer=[]), "Ada sleeps") == ()
    assert spans_of(row(), "Ada sleeps") is None


@pytest.mark.parametrize(
    "given", ["PER", [3], [[0, 11, "N"]], [[3, 3, "N"]], [{"start": 0, "end": 3, "label": 1}], [{"start": 0}]]
)
def test_places_that_are_not_in_the_text_are_refused(given):
    with pytest.raises(InputError, match=r"file:7: .*start"):
        spans_of(row(answer=given), "Ada sleeps")
