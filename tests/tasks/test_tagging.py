"""Named entities and parts of speech out of rows."""

import pytest

from rows import read
from tasktune.core import InputError, Span, WordTag


def test_entities_of_a_text_with_words_point_into_that_text():
    record = read("ner", text="Mr.  Ada", tokens=["Mr.", "Ada"], entities=[[5, 8, "PER"]])
    assert (record.text, record.words, record.answer) == ("Mr.  Ada", ((0, 3), (5, 8)), (Span(5, 8, "PER"),))


def test_tags_of_a_text_with_words_become_entities_of_that_text():
    assert read("ner", text="Mr.  Ada", tokens=["Mr.", "Ada"], ner_tags=["O", "B-PER"]).answer == (Span(5, 8, "PER"),)


@pytest.mark.parametrize("name", ["ner", "pos"])
@pytest.mark.parametrize("tags", [[0, 3], "O O", ["O"]])
def test_tags_must_be_one_name_a_word(name, tags):
    with pytest.raises(InputError, match=r"input 1: .*tags"):
        read(name, words=["Mr.", "Ada"], tags=tags)


def test_a_tag_of_no_scheme_is_refused_once_with_its_place():
    with pytest.raises(InputError, match=r"^input 1: 'X' is not a tag"):
        read("ner", words=["Ada"], tags=["X"])


def test_word_tags_may_be_objects():
    tags = [{"start": 4, "end": 10, "label": "V"}, {"start": 0, "end": 3, "label": "N"}]
    record = read("pos", text="Ada sleeps", answer=tags)
    assert record.words == ((0, 3), (4, 10))
    assert record.answer == (WordTag(0, 3, "N"), WordTag(4, 10, "V"))


@pytest.mark.parametrize("answer", ["N", [1], [[0, 3, 1]], [[0, 99, "N"]], [[0, 3, "N"], [2, 4, "V"]]])
def test_objects_that_are_no_words_of_the_text_are_refused(answer):
    with pytest.raises(InputError, match="input 1: "):
        read("pos", text="Ada sleeps", answer=answer)
