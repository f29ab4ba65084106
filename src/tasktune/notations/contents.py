"""What the turns of a conversation say and show, in the forms in which files have it.

- OpenAI's parts: `{"type": "text", "text": …}`, `{"type": "image_url", "image_url": {"url": …}}`, and of its newer kind
  `input_text` and `input_image`; Anthropic's `{"type": "image", "source": {"type": "base64", "data": …}}`
- transformers' and Qwen's `{"type": "image", "image": …}`, with a path, an address, bytes or `base64` under their own names
- LLaVA's, ShareGPT's and LLaMA-Factory's `<image>` in a text, and TRL's `{"type": "image"}`, for the pictures that the row has
  itself, in a column; where there is no such mark, they come before what the user says first
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tasktune.answers import Message
from tasktune.core import Row
from tasktune.images import Image
from tasktune.notations.pictures import image_of, images_of

MARK = "<image>"

Part = str | Image | None
"""A text, a picture, or the place of a picture that the row has itself."""

_SOURCES = ("image", "image_url", "url", "path", "bytes", "base64", "source")


def parts_of(row: Row, content: Any) -> list[Part]:
    """What a turn's `content` is made of. Raises `InputError` with the row's place where a part is neither text nor picture."""
    if isinstance(content, str):
        return _between_marks(content) if row.get("images") else [content]
    parts: list[Part] = []
    for each in content if isinstance(content, list | tuple) else [content]:
        parts += _part(row, each)
    return parts


def _between_marks(text: str) -> list[Part]:
    """The texts and the marks between them; the line break that LLaVA has beside a mark is a template's to write."""
    first, *others = re.split(rf"\n?{MARK}\n?", text)
    return [first, *(part for other in others for part in (None, other))]


def _part(row: Row, part: Any) -> list[Part]:
    match part:
        case str(text):
            return [text]
        case dict() if name := next((name for name in _SOURCES if part.get(name)), None):
            return [image_of(row, _source(name, part)), *_beside(part)]
        case {"type": "image"}:
            return [None, *_beside(part)]
        case {"text": str(text)}:
            return parts_of(row, text)
    raise row.refuse(f"a turn must be text, or parts of text and image_url, but one is {part!r:.80}")


def _beside(part: dict[str, Any]) -> list[Part]:
    """What is said of a picture in its own part."""
    return [part["text"]] if isinstance(part.get("text"), str) else []


def _source(name: str, part: dict[str, Any]) -> Any:
    """What is given as the picture of a part, in a form in which rows have it."""
    match part[name]:
        case str(encoded) if name == "base64":
            return f"data:;base64,{encoded}"
        case {"data": str(encoded)} if name == "source":
            return f"data:;base64,{encoded}"
    return part if name == "bytes" else part[name]


def with_images(row: Row, turns: Sequence[tuple[Message, list[Part]]]) -> list[Message]:
    """The turns with what their parts say and show; the row's own pictures, `images`, in the places that are kept for them.

    Raises `InputError` where these are not as many as there are pictures, and where the assistant shows one.
    """
    every = [part for _, parts in turns for part in parts]
    kept = sum(part is None for part in every)
    own = [image for image in images_of(row) if kept or image not in every]  # some files say twice what is shown
    first = next((k for k, (turn, _) in enumerate(turns) if turn.role == "user"), None)
    if kept not in (0, len(own)) or (own and first is None):
        raise row.refuse(f"the conversation has {kept} places for pictures ({MARK}), and the row has {len(own)} pictures")
    waiting, found = iter(own), list[Message]()
    for k, (turn, parts) in enumerate(turns):
        before = waiting if k == first and not kept else ()
        found.append(_made(turn, [*before, *(next(waiting) if part is None else part for part in parts)]))
        if turn.role == "assistant" and found[-1].images:
            raise row.refuse("a turn of the assistant's shows a picture, and models here answer in words; leave it out")
    return found


def _made(turn: Message, parts: Sequence[str | Image]) -> Message:
    """A turn of these parts."""
    said, images, places = "", list[Image](), list[int]()
    for part in parts:
        if isinstance(part, str):
            said += part
        else:
            images.append(part)
            places.append(len(said))
    return Message(turn.role, said, turn.more, tuple(images), tuple(places))
