"""Calls of tools: read in the forms that files have them, spelled in a text, and read out of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.answers import Message
from tasktune.core import InputError
from tasktune.notations.tool_calls import calls_of, offer, paired, parted, spelled, tools_of

ADD = {"name": "add", "arguments": {"a": 1, "b": [2, "drei"]}}
CALL = {"id": "call00001", "type": "function", "function": ADD}


@pytest.mark.parametrize(
    "given",
    [
        ADD,
        [ADD],
        json.dumps(ADD),
        {"name": "add", "parameters": ADD["arguments"]},
        {**ADD, "arguments": json.dumps(ADD["arguments"])},
        [{"type": "function", "function": {"name": "add", "arguments": json.dumps(ADD["arguments"])}}],
    ],
)
def test_calls_in_any_form_are_one(given: Any) -> None:
    assert calls_of(given) == [CALL]


def test_an_id_is_kept_and_each_call_has_one_of_nine_signs() -> None:
    first, second = calls_of([{"id": "x1", "function": ADD}, ADD])
    assert (first["id"], second["id"]) == ("x1", "call00002")
    assert len(second["id"]) == 9


def test_arguments_that_are_no_object_stay_as_they_are() -> None:
    assert calls_of({"name": "say", "arguments": "hello"})[0]["function"]["arguments"] == "hello"
    assert calls_of({"name": "now"})[0]["function"]["arguments"] == {}


@pytest.mark.parametrize("given", [{}, {"name": ""}, {"arguments": {}}, 5, "no JSON", [[]], None])
def test_what_is_no_call_is_refused(given: Any) -> None:
    with pytest.raises(InputError):
        calls_of(given)


def test_tools_are_wrapped_once() -> None:
    bare = {"name": "add", "description": "adds", "parameters": {}}
    wrapped = ({"type": "function", "function": bare},)
    assert tools_of([bare]) == tools_of(json.dumps([bare])) == tools_of(wrapped) == wrapped
    assert tools_of(None) == tools_of("") == tools_of([]) == ()
    for wrong in ("no JSON", "5", {"name": "add"}, ["add"]):
        with pytest.raises(InputError):
            tools_of(wrong)
    assert json.dumps(bare) in offer(wrapped)


def test_what_tools_say_has_the_ids_of_the_calls() -> None:
    calls = calls_of([{**ADD, "id": "a"}, {"id": "b", "function": ADD}])
    asked = Message("assistant", "", {"tool_calls": [{**calls[0], "id": "a"}, calls[1]]})
    told = [Message("tool", "1"), Message("tool", "2"), Message("tool", "3"), Message("user", "4")]
    ids = [turn.more.get("tool_call_id") for turn in paired([asked, *told])]
    assert ids == [None, "a", "b", None, None]
    own = Message("tool", "1", {"tool_call_id": "mine"})
    assert paired([asked, own])[1] == own


VALUES = st.recursive(st.none() | st.integers() | st.text(max_size=8), lambda more: st.dictionaries(st.text(max_size=3), more))
CALLS = st.lists(
    st.fixed_dictionaries({"name": st.text(min_size=1, max_size=8), "arguments": st.dictionaries(st.text(max_size=3), VALUES)}),
    min_size=1,
    max_size=3,
)


@given(st.text(max_size=20).filter(lambda text: text == text.rstrip()), CALLS)
def test_calls_that_are_spelled_are_read_again(said: str, calls: list[Any]) -> None:
    message = Message("assistant", said, {"tool_calls": calls_of(calls)})
    assert parted(spelled(message)) == message


@given(st.text() | st.text(alphabet='<tool_call>/{}"name: \n', max_size=60))
def test_a_text_without_calls_is_said_as_it_is(text: str) -> None:
    assert spelled(parted(text)) == text or "tool_calls" in parted(text).more
    assert spelled(Message("assistant", text)) == text


@pytest.mark.parametrize("tail", ["{}", '{"name": 5}', '{"name": "f", }', "text"])
def test_what_looks_like_a_call_and_is_none_is_said(tail: str) -> None:
    text = f"Well.\n<tool_call>\n{tail}\n</tool_call>"
    assert parted(text) == Message("assistant", text)


def test_a_long_text_is_read_quickly() -> None:
    text = "<tool_call> {" * 3000
    assert parted(text) == Message("assistant", text)
