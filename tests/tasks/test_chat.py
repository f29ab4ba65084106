"""Conversations out of rows."""

import json

import pytest

from rows import read
from tasktune.answers import Message
from tasktune.core import InputError
from tasktune.datasets import questions
from tasktune.notations.tool_calls import parted
from tasktune.tasks import task
from tasktune.tasks.chat import Chat

HELLO = (Message("user", "Hello"),)


@pytest.mark.parametrize("name", ["messages", "text", "prompt"])
def test_a_text_is_what_the_user_says(name):
    assert read("chat", **{name: "Hello"}) == Chat(messages=HELLO, id="input 1")


@pytest.mark.parametrize("name", ["answer", "completion", "response"])
def test_its_answer_is_kept(name):
    assert read("chat", text="Hello", **{name: "Hi."}) == Chat(messages=HELLO, answer="Hi.", id="input 1")


def test_the_assistants_last_turn_is_the_answer():
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi."}]
    assert read("chat", messages=turns) == Chat(messages=HELLO, answer="Hi.", id="input 1")


@pytest.mark.parametrize("messages", [[], 3, [{"role": "user"}], [{"role": "clown", "content": "Hello"}]])
def test_what_is_no_conversation_is_refused(messages):
    with pytest.raises(InputError, match="input 1: "):
        read("chat", messages=messages)


def test_an_answer_must_be_text():
    with pytest.raises(InputError, match="'answer' must be text"):
        read("chat", text="Hello", answer=4)


TOOL = {"name": "add", "parameters": {}}
CALL = {"id": "call00001", "type": "function", "function": {"name": "add", "arguments": {"a": 1}}}


def test_texts_are_turns_one_after_the_other():
    said = read("chat", dialog=["Hello", "Hi.", "Who are you?"])
    assert [message.role for message in said.messages] == ["user", "assistant", "user"]
    assert said.answer is None
    assert read("chat", messages=["Hello", "Hi."]) == Chat(messages=HELLO, answer="Hi.", id="input 1")


def test_a_persona_and_a_system_prompt_are_a_system_turn():
    row = {"personality": ["I sail.", "I am old."], "history": ["Hello"], "candidates": ["No.", "Hi."]}
    assert read("chat", **row) == Chat(messages=(Message("system", "I sail.\nI am old."), *HELLO), answer="Hi.", id="input 1")
    both = read("chat", text="Hello", system="Be brief.", persona="You sail.")
    assert both.messages == (Message("system", "Be brief.\nYou sail."), *HELLO)
    with pytest.raises(InputError, match="has a system turn, and a 'system' or 'persona' of its own"):
        read("chat", messages=[{"role": "system", "content": "S"}, {"role": "user", "content": "Hello"}], persona="P")


def test_questions_without_answers_are_refused_unless_there_is_one():
    assert read("chat", turns=["Hello"]).messages == HELLO
    with pytest.raises(InputError, match="'turns' are questions alone"):
        read("chat", turns=["Hello", "And then?"])
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi."}]
    assert read("chat", turns=turns).answer == "Hi."


def test_tools_are_offered_and_a_call_is_spelled_in_the_answer():
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "", "tool_calls": [CALL["function"]]}]
    record = read("chat", messages=turns, tools=json.dumps([TOOL]))
    assert record.tools == ({"type": "function", "function": TOOL},)
    assert parted(record.answer) == Message("assistant", "", {"tool_calls": [CALL]})
    (first,) = task("chat").decoder.prompt(record)
    assert first == Message("user", "Hello", {"tools": record.tools})
    later = read("chat", messages=[*turns, {"role": "tool", "content": "2"}])
    assert later.messages[1].more == {"tool_calls": [CALL]}


def test_a_prompt_of_ifeval_goes_by_its_key():
    assert read("chat", key=1005, prompt="Hello").id == "1005"
    assert read("chat", key=1005, id="own", prompt="Hello").id == "own"


def test_what_was_thought_is_part_of_the_answer():
    turn = {"role": "assistant", "content": "Hi.", "reasoning_content": "A greeting."}
    assert read("chat", messages=[{"role": "user", "content": "Hello"}, turn]).answer == "<think>\nA greeting.\n</think>\n\nHi."


@pytest.mark.parametrize(
    "row",
    [
        {"text": "Hello", "tools": "add"},
        {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "", "tool_calls": ["add"]}]},
        {"text": "Hello", "instructions": ["x"], "kwargs": [{}]},
    ],
)
def test_what_are_no_tools_calls_or_instructions_is_refused(row):
    with pytest.raises(InputError, match="input 1: "):
        read("chat", **row)


def test_ifevals_rows_are_prompts_with_instructions(shared):
    read_all = list(questions(task("chat"), shared / "chat/ifeval/input_data.jsonl"))
    assert len(read_all) == 181
    assert all(record.instructions and record.messages[0].role == "user" for record in read_all)
    alone = list(questions(task("ifeval"), shared / "chat/ifeval/input_data.jsonl"))
    assert [record.instructions for record in alone] == [record.instructions for record in read_all]
    assert alone[0].id == "1000"
