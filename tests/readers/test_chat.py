"""Conversations in three shapes."""

import json

import pytest

from tasktune.core import InputError
from tasktune.readers import rows, write

MESSAGES = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]


def converted(values, *objects):
    lines = values("".join(json.dumps(one) + "\n" for one in objects), "chat")
    assert values(json.dumps(objects, indent=1), "chat") == lines  # a list reads as lines do
    return lines


def test_openai_is_kept_with_everything_in_it(values):
    given = {
        "id": 1,
        "messages": [{"role": "developer", "content": "S"}, *MESSAGES, {"role": "tool", "content": "5", "name": "f"}],
    }
    expected = [{"role": "system", "content": "S"}, *MESSAGES, {"role": "tool", "content": "5", "name": "f"}]
    assert converted(values, given) == [{"id": 1, "messages": expected}]


def test_sharegpt(values):
    turns = [("human", "Hi"), ("gpt", "Hello"), ("function_call", "{}"), ("observation", "5"), ("gpt", "5.")]
    given = {"system": "Be kind", "tools": "[]", "conversations": [{"from": who, "value": text} for who, text in turns]}
    roles = ["system", "user", "assistant", "assistant", "tool", "assistant"]
    (row,) = converted(values, given)
    assert [turn["role"] for turn in row["messages"]] == roles
    assert [turn["content"] for turn in row["messages"]] == ["Be kind", "Hi", "Hello", "{}", "5", "5."]
    assert row["tools"] == "[]"
    assert set(row) == {"messages", "tools"}


def test_conversations_with_roles(values):
    assert converted(values, {"conversations": MESSAGES}) == [{"messages": MESSAGES}]


def test_alpaca(values):
    given = {"instruction": "Hi", "input": "", "output": "Hello", "topic": "x"}
    assert converted(values, given) == [{"messages": MESSAGES, "topic": "x"}]


def test_alpaca_with_all_its_fields(values):
    given = {"instruction": "Add", "input": "2 3", "output": "5", "system": "S", "history": [["Hi", "Hello"]]}
    (row,) = converted(values, given)
    assert row["messages"] == [
        {"role": "system", "content": "S"},
        *MESSAGES,
        {"role": "user", "content": "Add\n2 3"},
        {"role": "assistant", "content": "5"},
    ]


def test_alpaca_without_an_output_is_a_question(values):
    assert converted(values, {"instruction": "Hi"}) == [{"messages": MESSAGES[:1]}]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"prompt": "x"}, "file:1: no conversation here, only prompt. It can be `messages`"),
        ({"messages": []}, "file:1: the turns of a conversation must be a list"),
        ({"messages": "x"}, "file:1: the turns"),
        ({"messages": [{"role": "user"}]}, "file:1: a turn must have a 'role' and a 'content' that is text"),
        ({"messages": [{"role": "user", "content": None}]}, "file:1: a turn must have"),
        ({"messages": ["x"]}, "file:1: a turn must have"),
        ({"messages": [{"role": "narrator", "content": "x"}]}, "file:1: the role 'narrator' is not known. It can be system"),
        ({"messages": [{"role": ["user"], "content": "x"}]}, "file:1: the role"),
        ({"conversations": [{"from": "human", "content": "x"}]}, "file:1: a turn must have a 'from' and a 'value'"),
        ({"instruction": 5}, "file:1: 'instruction' must be text"),
        ({"instruction": "x", "history": [["a"]]}, "file:1: 'history' must be a list"),
    ],
)
def test_other_shapes_are_refused(values, given, message):
    with pytest.raises(InputError, match=message):
        values(json.dumps(given), "chat")


def test_it_is_chat_when_messages_are_wanted(file):
    path = file('{"instruction": "Hi", "output": "Hello"}\n', "x.jsonl")
    assert list(next(rows(path, known=frozenset({"messages"}))).values) == ["messages"]
    assert list(next(rows(path, known=frozenset({"text"}))).values) == ["instruction", "output"]


def test_a_row_without_messages_is_not_written(tmp_path):
    with pytest.raises(InputError, match="record 1 has no messages, only text"):
        write(tmp_path / "x.jsonl", [{"text": "a"}], "chat")
