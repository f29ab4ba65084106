"""Texts and their summaries out of rows."""

import pytest

from rows import read
from tasktune.core import InputError
from tasktune.tasks import task


@pytest.mark.parametrize(
    ("values", "answer", "references"),
    [
        ({"summary": "s"}, "s", ()),
        ({"summary": ["s"]}, "s", ()),
        ({"summary": ["s", "t"]}, "s", ("s", "t")),
        ({"summary": "s", "references": "one text"}, "s", ("one text",)),
        ({"summary": "s", "references": ["t", "u"]}, "s", ("t", "u")),
        ({"references": ["t", "u"]}, "t", ("t", "u")),
        ({"references": "one text"}, "one text", ("one text",)),
        ({"summary": "s", "references": ""}, "s", ()),
        ({"summary1": "s", "summary2": "t", "summary3": "u"}, "s", ("s", "t", "u")),
        ({"summary10": "u", "summary2": "t", "summary1": "s"}, "s", ("s", "t", "u")),
        ({"summary1": "s", "summary2": None, "summary3": ""}, "s", ()),
        ({"summary1": "s", "summary2": "t", "references": "u"}, "s", ("u",)),
        ({"answer": "s", "summary_1": 3, "summary_2": "t", "summary_3": ["u"]}, "s", ()),
        ({"summary": []}, None, ()),
        ({}, None, ()),
    ],
)
def test_a_row_holds_one_summary_or_several(values, answer, references):
    record = read("summarization", text="long", **values)
    assert (record.answer, record.references) == (answer, references)


def test_sentences_are_joined():
    assert read("summarization", document=["One.", "Two."]).text == "One. Two."


@pytest.mark.parametrize(
    "values", [{"references": [1]}, {"summary": [None]}, {"summary": 3}, {"references": {"a": "b"}}, {"text": [1]}]
)
def test_all_of_it_must_be_text(values):
    with pytest.raises(InputError, match=r"input 1: .* must be a list of texts"):
        read("summarization", **{"text": "long", **values})


def test_what_asks_for_a_summary_is_no_part_of_the_text():
    assert read("summarization", prompt="Summarize: A text.\n", completion="s").text == "A text.\n"
    assert read("summarization", Prompt="summarise: A text.").text == "A text."
    for other in ("text", "document"):
        assert read("summarization", **{other: "Summarize: the verb."}, prompt="?").text == "Summarize: the verb."
    assert read("summarization", prompt="How to summarize: a guide.").text == "How to summarize: a guide."


def test_t5_is_asked_in_its_own_words():
    prompt = task("summarization").encoder_decoder.prompt(read("summarization", text="long"))
    assert (prompt.prefix, str(prompt)) == ("summarize: ", "long\nSummary:")
