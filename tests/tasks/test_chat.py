"""Conversations out of rows."""

import pytest

from rows import read
from tasktune.answers import Message
from tasktune.core import InputError
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
