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


CALL = {"name": "add", "arguments": {"a": 1}}


def test_a_call_of_sharegpt_is_the_assistants(values):
    turns = [("human", "1 + 1?"), ("function_call", json.dumps(CALL)), ("observation", "2"), ("gpt", "2.")]
    (row,) = converted(values, {"conversations": [{"from": who, "value": text} for who, text in turns]})
    assert row["messages"][1] == {"role": "assistant", "content": "", "tool_calls": [CALL]}
    assert [turn["role"] for turn in row["messages"]] == ["user", "assistant", "tool", "assistant"]
    several = {"from": "function_call", "value": json.dumps([CALL, CALL])}
    (row,) = converted(values, {"conversations": [{"from": "human", "value": "x"}, several]})
    assert row["messages"][1]["tool_calls"] == [CALL, CALL]


@pytest.mark.parametrize("said", ["add(1)", "[]x", '{"add": 1}', '["add"]', "5"])
def test_what_sharegpt_calls_a_call_and_is_none_is_said(values, said):
    (row,) = converted(values, {"conversations": [{"from": "human", "value": "x"}, {"from": "function_call", "value": said}]})
    assert row["messages"][1] == {"role": "assistant", "content": said}


def test_calls_of_openai_need_no_content(values):
    calls = [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{}"}}]
    turns = [{"role": "assistant", "content": None, "tool_calls": calls}, {"role": "assistant", "tool_calls": calls}]
    (row,) = converted(values, {"messages": [MESSAGES[0], *turns]})
    assert row["messages"][1:] == [{"role": "assistant", "content": "", "tool_calls": calls}] * 2
    old = [{"role": "assistant", "content": None, "function_call": CALL}, {"role": "function", "name": "add", "content": "2"}]
    (row,) = converted(values, {"messages": [MESSAGES[0], *old]})
    assert row["messages"][1:] == [
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
        {"role": "tool", "content": "2", "name": "add"},
    ]


def test_the_parts_of_a_content_are_one_text(values):
    (row,) = converted(values, {"messages": [{"role": "user", "content": [{"type": "text", "text": t} for t in ("Hi", "!")]}]})
    assert row["messages"] == [{"role": "user", "content": "Hi!"}]
    with pytest.raises(InputError, match="that is text"):
        converted(values, {"messages": [{"role": "user", "content": ["Hi"]}]})


def test_parts_that_are_pictures_are_left_as_they_are(values):
    turn = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}, {"type": "text", "text": "Hi"}]}
    assert converted(values, {"messages": [turn], "images": ["y"]}) == [{"messages": [turn], "images": ["y"]}]


def test_the_instances_of_a_seed_are_a_conversation_each(values):
    instances = [{"input": "2 3", "output": "5"}, {"input": "", "output": "What?"}]
    first, second = converted(values, {"id": "s", "instruction": "Add", "instances": instances})
    assert [turn["content"] for turn in first["messages"]] == ["Add\n2 3", "5"]
    assert [turn["content"] for turn in second["messages"]] == ["Add", "What?"]
    assert first["id"] == second["id"] == "s"
    with pytest.raises(InputError, match="'instances' must be a list"):
        converted(values, {"instruction": "Add", "instances": ["x"]})


def test_real_conversations_are_read(shared):
    counts = {"llamafactory/alpaca_zh_demo.json": 843, "fastchat/dummy_conversation.json": 500, "alpaca/seed_tasks.jsonl": 175}
    for name, count in counts.items():
        read = list(rows(shared / "chat" / name, known=frozenset({"messages"})))
        assert len({row.get("id") or row.where for row in read}) == count
        assert all(row.values["messages"] for row in read)
    tools = list(rows(shared / "chat/llamafactory/glaive_toolcall_en_demo.json", known=frozenset({"messages"})))
    assert sum("tool_calls" in turn for row in tools for turn in row.values["messages"]) > 100
