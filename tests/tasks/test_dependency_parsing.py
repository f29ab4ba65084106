"""Trees as JSON has them."""

import pytest

from tasktune.answers import Dependency
from tasktune.core import InputError
from tasktune.datasets import as_record, records
from tasktune.tasks import task

PARSING = task("dependency-parsing")


def word(start, end, head):
    return {"start": start, "end": end, "head": head, "label": "dep"}


def record(answer, text="Birds fly"):
    return as_record(PARSING, {"text": text, "answer": answer})


def test_a_tree_as_json():
    found = record([word(0, 5, 2), word(6, 9, 0)])
    assert found.answer == (Dependency(0, 5, 2, "dep", ""), Dependency(6, 9, 0, "dep", ""))
    assert found.words == ((0, 5), (6, 9))
    assert record([], text=" ").answer == ()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([word(-1, 5, 2), word(6, 9, 0)], "words must follow each other"),
        ([word(0, 7, 2), word(6, 9, 0)], "words must follow each other"),
        ([word(6, 9, 0), word(0, 5, 1)], "words must follow each other"),
        ([word(0, 5, 2), word(6, 10, 0)], "words must follow each other"),
        ([], "it is empty and the text is not"),
        ("none", "a tree must be a list"),
        ([{"start": 0}], "a word of a tree must be"),
    ],
)
def test_what_is_no_tree_over_the_words_is_refused(answer, message):
    with pytest.raises(InputError, match=message):
        record(answer)


RAW = "Birds fly. Fish swim."
HEADS = [2, 0, 2, 5, 0, 5]
PLACES = [(0, 5), (6, 9), (9, 10), (11, 15), (16, 20), (20, 21)]


def forest(heads):
    return [word(*place, head) for place, head in zip(PLACES, heads, strict=True)]


def test_what_is_said_of_raw_text_is_read_as_a_record_a_sentence():
    found = [*records(PARSING, [{"text": RAW, "answer": forest(HEADS), "id": "a"}])]
    assert [(each.id, each.text, [part.head for part in each.answer]) for each in found] == [
        ("a#1", "Birds fly.", [2, 0, 2]),
        ("a#2", "Fish swim.", [2, 0, 2]),
    ]
    assert [found[1].text[start:end] for start, end in found[1].words] == ["Fish", "swim", "."]


def test_one_tree_over_several_sentences_stays_one():
    (found,) = records(PARSING, [{"text": RAW, "answer": forest([2, 0, 2, 5, 2, 5])}])
    assert found.text == RAW
    assert len(found.answer) == 6


@pytest.mark.parametrize(
    "heads", [[2, 0, 0, 5, 0, 5], [2, 0, 5, 5, 0, 5], [2, 0, 2, 2, 0, 5], [2, 0, 2, 3, 0, 5], [2, 0, 2, 5, 5, 5]]
)
def test_sentences_that_have_no_trees_of_their_own_are_refused(heads):
    with pytest.raises(InputError, match="the heads are no tree"):
        [*records(PARSING, [{"text": RAW, "answer": forest(heads)}])]


def test_raw_text_is_a_record_as_it_is():
    (found,) = records(PARSING, [{"text": RAW}])
    assert (found.text, found.words) == (RAW, ())
