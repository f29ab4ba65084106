"""Texts and the sentences that sum them up, out of rows: stated as spans or labels, or found beside a summary in other words."""

import pytest

from rows import read
from tasktune.answers import Span
from tasktune.core import InputError
from tasktune.forms import accepts
from tasktune.tasks import task
from tasktune.tasks.summarization_extractive import LABEL, SummarizationExtractive

TEXT = "The council met. It closed the old bridge to cars. Few came."
SECOND = (Span(17, 50, LABEL),)


def extracted(**values):
    return read("summarization-extractive", **values)


@pytest.mark.parametrize(
    "values",
    [
        {"text": TEXT, "summary": "Old bridge closed to cars"},
        {"article": TEXT, "highlights": ["Nothing of it", "Old bridge closed"]},
        {"text": TEXT, "references": ["Old bridge closed"]},
        {"text": TEXT, "labels": [0, 1, 0]},
        {"text": TEXT, "summary": "Few came.", "labels": [0, 1, 0]},
        {"text": TEXT, "answer": [{"start": 17, "end": 50, "label": "x"}]},
        {"source": ["The council met.", "It closed the old bridge to cars.", "Few came."], "target": ["Old bridge closed"]},
    ],
)
def test_a_row_says_which_sentences_sum_it_up(values):
    record = extracted(**values)
    assert record.text == TEXT
    assert (
        task("summarization-extractive").encoder.read(record, task("summarization-extractive").encoder.write(record), ())
        == SECOND
    )


def test_sentences_that_are_stated_are_kept_with_their_labels_though_some_are_empty():
    record = extracted(text=["One. Two.", "", "Three."], labels=[1, 1, 0])
    assert record.text == "One. Two.  Three."
    assert record.sentences == ((0, 9), (11, 17))
    assert [record.text[span.start : span.end] for span in record.answer] == ["One. Two."]


def test_chinese_is_cut_and_compared_by_character():
    record = extracted(text="今天下雨。老桥关闭了；没有人来。", summary="老桥已关闭")
    assert [record.text[span.start : span.end] for span in record.answer] == ["老桥关闭了；"]


def test_without_a_summary_there_is_no_answer():
    assert extracted(text=TEXT).answer is None


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"labels": [0, 1]}, "a 0 or 1 for each of the 3 sentences"),
        ({"labels": [0, 1, 2]}, "a 0 or 1"),
        ({"labels": "010"}, "a 0 or 1"),
        ({"summary": [1]}, "span must be"),
        ({"references": 3}, "list of texts"),
        ({"sentences": [[0, 99]]}, "must follow each other"),
    ],
)
def test_what_cannot_be_is_refused(values, why):
    with pytest.raises(InputError, match=why):
        extracted(text=TEXT, **values)


def test_a_span_within_a_sentence_takes_the_sentence_that_holds_its_middle_and_is_counted():
    framing = task("summarization-extractive").encoder
    record = SummarizationExtractive(text=TEXT, answer=(Span(20, 45, LABEL),))
    assert framing.write(record) == (False, True, False)
    assert framing.lost(record) == 1


def test_a_model_that_writes_says_the_numbers_of_sentences():
    framing = task("summarization-extractive").decoder
    record = extracted(text=TEXT.replace("old bridge", "old\nbridge"), labels=[0, 1, 1])
    assert str(framing.prompt(record)) == (
        "1 The council met.\n2 It closed the old bridge to cars.\n3 Few came.\nSentences that sum it up:"
    )
    assert framing.write(record) == "2, 3"
    assert [framing.read(record, said, ()) for said in ("3, 2", "2,3, 4", "none", "bridge")] == [record.answer] * 2 + [()] * 2


def test_only_numbers_of_sentences_can_be_written():
    form = task("summarization-extractive").decoder.form(extracted(text=[f"{k} came." for k in range(12)]), ())
    assert [accepts(form, said) for said in ("1, 11", "12", "none")] == [True] * 3
    assert not any(accepts(form, said) for said in ("", "0", "13", "2, 1", "1, 1", "1,", "none, 1"))
