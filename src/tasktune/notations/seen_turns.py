"""Questions about pictures out of conversations: OpenAI's `messages` with `image_url` parts, and LLaVA's `conversations`.

    {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:…"}},
                                               {"type": "text", "text": "What colour is it?"}]},
                  {"role": "assistant", "content": "red"}]}
    {"image": "a.jpg", "conversations": [{"from": "human", "value": "<image>\\nWhat colour is it?"},
                                         {"from": "gpt", "value": "red"}]}

Each of the user's turns is a question of its own, about the pictures shown so far. What is said before is not told with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tasktune.core import Row
from tasktune.images import Image
from tasktune.notations.contents import MARK, parts_of

_ASKS, _ANSWERS = ("user", "human"), ("assistant", "gpt", "model")


def questions_of(row: Row) -> Iterator[Row]:
    """A row a question: `question`, `images`, and its `answer` where there is one; the row itself where it is no conversation.

    Raises `InputError` for a turn that is none.
    """
    turns = row.get("messages") or row.get("conversations")
    if not isinstance(turns, list):
        yield row
        return
    shown = row.get("images")
    seen: list[Any] = [*shown] if isinstance(shown, list | tuple) else [] if shown is None else [shown]
    told = [_turn(row, turn) for turn in turns]
    several = sum(who in _ASKS for who, _, _ in told) > 1
    nothing: tuple[str, str, list[Any]] = ("", "", [])
    for k, ((who, text, pictures), after) in enumerate(zip(told, [*told[1:], nothing], strict=True)):
        seen += pictures
        if who in _ASKS:
            name = {"id": f"{row.id}#{k}"} if several else {}
            answer = {"answer": after[1]} if after[0] in _ANSWERS else {}
            yield replace(row, values={**row.values, "question": text, "images": [*seen], **answer, **name})


def _turn(row: Row, turn: Any) -> tuple[str, str, list[Any]]:
    """Who speaks, what is said, and the pictures that are shown with it."""
    match turn:
        case {"role": str(who), "content": content} | {"from": str(who), "value": content}:
            found = parts_of(replace(row, values={}), content)  # of the row's own pictures all are shown
            texts = [part for part in found if isinstance(part, str)]
            return who, "\n".join(texts).replace(MARK, "").strip(), [part for part in found if isinstance(part, Image)]
    raise row.refuse(f"a turn must be {{role, content}} or {{from, value}}, but is {turn!r:.80}")
