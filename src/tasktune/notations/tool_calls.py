"""Calls of tools: in the form that chat templates take them in, and spelled within a text for what has no such form.

Templates take calls and tools as OpenAI's files have them, but arguments as an object where those have text:
`{"type": "function", "function": {"name": "add", "arguments": {"a": 1}}}`. Within a text a call is
`<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>`, on lines of its own behind all else, as Hermes, Qwen and SmolLM
write it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tasktune.answers import Message
from tasktune.core import InputError

_CALL = re.compile(r"\s*<tool_call>\s*(\{.*?\})\s*</tool_call>\s*", re.DOTALL)
_CALLS = re.compile(r"(?P<said>.*?)(?P<calls>(?:\s*<tool_call>\s*\{(?:(?!<tool_call>).)*\}\s*</tool_call>)+)\s*", re.DOTALL)

Call = dict[str, Any]


def calls_of(given: Any) -> list[Call]:
    """Calls as templates take them, out of JSON text, one object or a list: OpenAI's, or bare {name, arguments}.

    Each has an `id`, as some templates ask (Mistral's: nine letters and digits). Raises `InputError` for what is no call.
    """
    found = _decoded(given)
    each = found if isinstance(found, list) else [found]
    return [_call(one, f"call{number:05d}") for number, one in enumerate(each, 1)]


def _call(given: Any, usual_id: str) -> Call:
    match given:
        case {"function": Mapping() as inner} | (Mapping() as inner) if isinstance(name := inner.get("name"), str) and name:
            arguments = _arguments(inner.get("arguments", inner.get("parameters")))
            own = given.get("id")
            called = own if isinstance(own, str) and own else usual_id
            return {"id": called, "type": "function", "function": {"name": name, "arguments": arguments}}
    raise InputError(f"a tool call must be {{name, arguments}}, but is {given!r:.80}")


def _arguments(given: Any) -> Any:
    """The object that arguments are, where they are JSON text of one; else as they are."""
    try:
        found = _decoded(given)
    except InputError:
        return given
    return found if isinstance(found, dict) else {} if given is None else given


def paired(turns: Sequence[Message]) -> list[Message]:
    """The turns, of which each of a tool's that does not say which call it answers has the id of the next one that is open."""
    found, unanswered = list[Message](), list[str]()
    for turn in turns:
        if turn.role == "tool" and "tool_call_id" not in turn.more and unanswered:
            turn = replace(turn, more={**turn.more, "tool_call_id": unanswered.pop(0)})
        unanswered += [call["id"] for call in turn.more.get("tool_calls", ())]
        found.append(turn)
    return found


def tools_of(given: Any) -> tuple[dict[str, Any], ...]:
    """Tools as templates take them, out of JSON text or a list: OpenAI's, or bare {name, description, parameters}.

    Raises `InputError` for what are none.
    """
    found = _decoded(given) if given else []
    if not isinstance(found, list | tuple) or not all(isinstance(tool, Mapping) for tool in found):
        raise InputError(f"tools must be a list of {{name, description, parameters}}, but are {given!r:.80}")
    return tuple(dict(tool) if "function" in tool else {"type": "function", "function": dict(tool)} for tool in found)


def _decoded(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except (ValueError, RecursionError):
        raise InputError(f"this should be JSON, but is {given!r:.80}") from None


def spelled(message: Message) -> str:
    """What a turn says, with its calls spelled behind it."""
    return "\n".join(filter(None, (message.content, *map(_spelled, message.more.get("tool_calls", ())))))


def _spelled(call: Mapping[str, Any]) -> str:
    return f"<tool_call>\n{json.dumps(call['function'], ensure_ascii=False)}\n</tool_call>"


def parted(text: str) -> Message:
    """The assistant's turn that a text is: what it says, and the calls spelled behind that. What is no call is said."""
    found = _CALLS.fullmatch(text) if "<tool_call>" in text else None
    try:
        calls = calls_of([json.loads(one) for one in _CALL.findall(found["calls"])]) if found else []
    except (ValueError, RecursionError, InputError):
        calls = []
    return Message("assistant", found["said"], {"tool_calls": calls}) if found and calls else Message("assistant", text)


def offer(tools: Sequence[Mapping[str, Any]]) -> str:
    """Words that tell a model which tools there are, where its template has none for that: Hermes'."""
    listed = "\n".join(json.dumps(tool, ensure_ascii=False) for tool in tools)
    return (
        f"You may call these functions:\n<tools>\n{listed}\n</tools>\nTo call one, write:\n"
        '<tool_call>\n{"name": …, "arguments": {…}}\n</tool_call>'
    )
