"""Trees as JSON has them."""

import pytest

from tasktune.answers import Dependency
from tasktune.core import InputError
from tasktune.datasets import as_record
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
