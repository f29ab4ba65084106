"""Conversations, as JSON lines or a JSON list, in the three shapes they come in.

- OpenAI: `{"messages": [{"role": "user", "content": "…"}, …]}`
- ShareGPT: `{"conversations": [{"from": "human", "value": "…"}, …], "system": "…"}`
- Alpaca: `{"instruction": "…", "input": "…", "output": "…", "system": "…", "history": [["…", "…"], …]}`

All become `messages`: a list of {role, content} with the roles system, user, assistant and tool. A tool call that ShareGPT writes
as a turn of its own (`function_call`) is the assistant's, what the tool gave back (`observation`) the tool's. Everything else in
the object, and in a turn, is kept as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tasktune.core import InputError, Row
from tasktune.readers import json, jsonl
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
        yield Row(_conversation(row), row.where)


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
    if not isinstance(turn, dict) or not isinstance(turn.get(content), str):
        raise row.refuse(f"a turn must have a {role!r} and a {content!r} that is text, but it is {turn!r:.120}")
    who = SPEAKERS.get(str(turn.get(role)))
    if who is None:
        raise row.refuse(f"the role {turn.get(role)!r} is not known. It can be {', '.join(SPEAKERS)}.")
    others = {name: value for name, value in turn.items() if name not in (role, content)}
    return {"role": who, "content": turn[content], **others}


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
