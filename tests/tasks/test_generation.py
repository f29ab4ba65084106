"""Prompts and continuations out of rows."""

import pytest

from rows import read
from tasktune.core import InputError
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


@pytest.mark.parametrize("answer", [None, "", " ", "one"])
def test_what_has_no_beginning_is_not_written_on(answer):
    (metric,) = TASK.beside
    assert metric.asked(Generation(answer=answer)) is None
