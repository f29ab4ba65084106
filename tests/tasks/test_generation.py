"""Prompts and continuations out of rows."""

import pytest

from cases import untrained
from rows import read
from tasktune.core import InputError, Lost
from tasktune.tasks.generation import TASK, Generation


@pytest.mark.parametrize(
    ("values", "prompt", "answer"),
    [
        ({"instruction": "Translate.", "input": "Hund", "output": "dog"}, "Translate.\nHund", "dog"),
        ({"instruction": "Say hello.", "input": "", "output": "Hello."}, "Say hello.", "Hello."),
        ({"instruction": "Say hello.", "output": "Hello."}, "Say hello.", "Hello."),
        ({"instruction": "Say hello.", "output": "Hello.", "text": "### Say hello.\n### Hello."}, "Say hello.", "Hello."),
        ({"input": "Hund", "output": "dog"}, "Hund", "dog"),
        ({"instruction": "Say hello."}, "Say hello.", None),
        ({"prompt": "Once", "completion": " upon"}, "Once", " upon"),
        ({"prompt": "", "input": "passed over"}, "", None),
        ({"text": "Once", "output": " upon"}, "Once", " upon"),
        ({"text": "Once", "completion": " upon"}, "Once", " upon"),
        ({"text": "Once upon a time"}, "", "Once upon a time"),
        ({"completion": " upon"}, "", " upon"),
    ],
)
def test_a_row_holds_a_prompt_and_what_follows(values, prompt, answer):
    record = read("generation", **values)
    assert (record.prompt, record.answer) == (prompt, answer)


@pytest.mark.parametrize("name", ["prompt", "instruction", "input", "text", "answer"])
def test_all_of_it_must_be_text(name):
    with pytest.raises(InputError, match=f"input 1: '{name}' must be text"):
        read("generation", **{"output": "x", name: 3})


@pytest.mark.parametrize(
    ("record", "prompt", "answer"),
    [
        (Generation(prompt="Once", answer=" upon a time"), "Once", " upon a time"),
        (Generation(prompt="Once"), "Once", None),
        (Generation(answer="One two, three"), "One two", ", three"),
        (Generation(answer="x " * 400), ("x " * 50).strip(), " " + "x " * 350),
    ],
)
def test_a_raw_text_is_written_on_from_its_beginning(record, prompt, answer):
    (metric,) = TASK.beside
    asked = metric.asked(record)
    assert (asked.prompt, asked.answer) == (prompt, answer)


def test_a_prompt_that_is_too_long_ends_where_it_is_gone_on_from(tiny):
    head, lost = untrained(TASK, tiny("llama")).head, Lost()
    record = Generation(prompt="far away and long ago " * 200 + "the fox could not", answer=" swim.", id="r")
    (asked,), (told,) = head.encode(record, lost), head.supervise(record, lost)
    assert head.tokenizer.decode(asked.inputs["input_ids"]).endswith("ago the fox could not")
    assert "the fox could not swim." in head.tokenizer.decode(told.inputs["input_ids"])
    assert lost.counts == {"prompts shortened": 2}


@pytest.mark.parametrize("answer", [None, "", " ", "one"])
def test_what_has_no_beginning_is_not_written_on(answer):
    (metric,) = TASK.beside
    assert metric.asked(Generation(answer=answer)) is None
