"""Conversations, as JSON lines or a JSON list, in the three shapes they come in.

- OpenAI: `{"messages": [{"role": "user", "content": "…"}, …]}`
- ShareGPT, FastChat: `{"conversations": [{"from": "human", "value": "…"}, …], "system": "…"}`
- Alpaca: `{"instruction": "…", "input": "…", "output": "…", "system": "…", "history": [["…", "…"], …]}`; with several `instances`
  [{input, output}] in the place of one, a conversation each

All become `messages`: a list of {role, content} with the roles system, user, assistant and tool. Calls of tools become
`tool_calls` of the assistant's turn: ShareGPT writes one as a turn of its own (`function_call`, and `observation` for what the
tool gave back), OpenAI once wrote it as the turn's `function_call`. A content of parts is one text, or where some are pictures
left as it is. Everything else in the object, and in a turn, is kept: the pictures in an `image` or `images` of its own, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tasktune.core import InputError, Row
from tasktune.readers import json, jsonl
from tasktune.readers.jsonl import DECODER
from tasktune.readers.source import Source

SPEAKERS = {
    "system": "system",
    "developer": "system",
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "model": "assistant",
    "chatgpt": "assistant",
    "function_call": "assistant",
    "tool": "tool",
    "function": "tool",
    "observation": "tool",
    "function_response": "tool",
}
SHAPES = "`messages` [{role, content}], `conversations` [{from, value}] or `instruction`, `input`, `output`"


def looks(lines: list[str], known: frozenset[str]) -> bool:
    """Whether the caller wants `messages` and the first object is a conversation."""
    first = jsonl.first_object(lines) if "messages" in known else None
    return first is not None and not {"messages", "conversations", "instruction"}.isdisjoint(first)


def read(source: Source) -> Iterator[Row]:
    """A row a conversation: `messages`, and whatever else its object holds. Raises `InputError` for other shapes and roles."""
    for row in json.read(source) if json.looks(source.head(), source.known) else jsonl.read(source):
        yield from (Row(_conversation(one), one.where) for one in _instances(row))


def _instances(row: Row) -> Iterable[Row]:
    """The conversations that an object holds: one, or of the seeds of Alpaca one an instance."""
    instances = row.get("instances")
    if "instruction" not in row.values or not isinstance(instances, list):
        return [row]
    shared = {name: value for name, value in row.values.items() if name != "instances"}
    if not all(isinstance(instance, dict) for instance in instances):
        raise row.refuse(f"'instances' must be a list of {{input, output}}, but is {instances!r:.80}")
    return [Row({**shared, **instance}, row.where) for instance in instances]


def _conversation(row: Row) -> dict[str, Any]:
    values = dict(row.values)
    if "messages" in values:
        return {**values, "messages": [_turn(row, turn, "role", "content") for turn in _list(row, values["messages"])]}
    if "conversations" in values:
        turns = [_shared_turn(row, turn) for turn in _list(row, values.pop("conversations"))]
        return {"messages": [*_system(row, values), *turns], **values}
    if "instruction" in values:
        return {"messages": [*_system(row, values), *_alpaca(row, values)], **values}
    raise row.refuse(f"no conversation here, only {', '.join(values) or 'nothing'}. It can be {SHAPES}.")


def _list(row: Row, turns: Any) -> list[Any]:
    if not isinstance(turns, list) or not turns:
        raise row.refuse(f"the turns of a conversation must be a list of one or more, but it is {turns!r:.80}")
    return turns


def _shared_turn(row: Row, turn: Any) -> dict[str, Any]:
    shared = isinstance(turn, dict) and "from" in turn
    return _turn(row, turn, "from", "value") if shared else _turn(row, turn, "role", "content")


def _turn(row: Row, turn: Any, role: str, content: str) -> dict[str, Any]:
    said = _said(turn, content) if isinstance(turn, dict) else None
    if said is None:
        raise row.refuse(f"a turn must have a {role!r} and a {content!r} that is text, but it is {turn!r:.120}")
    who = SPEAKERS.get(str(turn.get(role)))
    if who is None:
        raise row.refuse(f"the role {turn.get(role)!r} is not known. It can be {', '.join(SPEAKERS)}.")
    others = {name: value for name, value in turn.items() if name not in (role, content, "function_call") and value is not None}
    if turn.get("function_call"):
        return {"role": who, "content": said, "tool_calls": [turn["function_call"]], **others}
    if turn[role] == "function_call" and (calls := _calls(said)):
        return {"role": who, "content": "", "tool_calls": calls, **others}
    return {"role": who, "content": said, **others}


def _said(turn: dict[str, Any], content: str) -> str | list[Any] | None:
    """What a turn says: its text, the texts of its parts, these where some are pictures, or nothing where it only calls tools.

    `None` for anything else.
    """
    match turn.get(content):
        case str(said):
            return said
        case [*parts] if parts and all(map(_is_text, parts)):
            return "".join(part["text"] for part in parts)
        case [*parts] if parts and all(isinstance(part, dict) for part in parts):
            return parts
        case None if turn.get("tool_calls") or turn.get("function_call"):
            return ""
    return None


def _is_text(part: Any) -> bool:
    """Whether a part says that it is nothing but text."""
    if not (isinstance(part, dict) and isinstance(part.get("text"), str)):
        return False
    return part.get("type") in ("text", "input_text", "output_text") or part.keys() == {"text"}


def _calls(said: str | list[Any]) -> list[Any]:
    """The calls that a turn of ShareGPT's `function_call` is: an object with a name, or a list of such; none where it is text."""
    try:
        found = DECODER.decode(said) if isinstance(said, str) else None
    except (ValueError, RecursionError):
        return []
    calls = found if isinstance(found, list) else [found]
    return calls if all(isinstance(call, dict) and isinstance(call.get("name"), str) for call in calls) else []


def _text(row: Row, values: dict[str, Any], name: str) -> str:
    """Takes a text out of the values; "" where there is none."""
    value = values.pop(name, None)
    if value is not None and not isinstance(value, str):
        raise row.refuse(f"{name!r} must be text, but is {value!r:.80}")
    return value or ""


def _system(row: Row, values: dict[str, Any]) -> list[dict[str, Any]]:
    system = _text(row, values, "system")
    return [{"role": "system", "content": system}] if system else []


def _alpaca(row: Row, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    history = values.pop("history", None) or []
    if not all(isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair) for pair in history):
        raise row.refuse(f"'history' must be a list of [instruction, output] pairs, but is {history!r:.80}")
    asked = "\n".join(part for part in (_text(row, values, "instruction"), _text(row, values, "input")) if part)
    answered = [_text(row, values, "output")] if "output" in values else []
    for turns in (*history, [asked, *answered]):
        yield from ({"role": role, "content": text} for role, text in zip(("user", "assistant"), turns, strict=False))


def write(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """JSON lines with `messages`, as OpenAI's. Raises `InputError` for a row without them."""
    yield from jsonl.write(_with_messages(number, row) for number, row in enumerate(rows, 1))


def _with_messages(number: int, row: Mapping[str, Any]) -> Mapping[str, Any]:
    if not row.get("messages"):
        raise InputError(f"record {number} has no messages, only {', '.join(row) or 'nothing'}")
    return row
