"""Texts that are longer than a model that writes can read: asked about in parts, and then about what was said of these.

That is done where the framing says how (`Text.part`) and the policy is to split. Parts are whole sentences, of about one size; a
sentence that is too long by itself is cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from tasktune.core import Record
from tasktune.framings import Prompt
from tasktune.heads.features import token_ids
from tasktune.heads.free_text import FreeText
from tasktune.heads.prompts import asked, room_for_body
from tasktune.heads.texts import shortened
from tasktune.notations.sentences import sentences


def parted(head: FreeText, record: Record) -> list[Record]:
    """The record with each part of its text in the place of the whole; just the record where it can be asked at once."""
    part = head.framing.part
    prompt = asked(head, record) if part and head.recipe.lossy == "split" else None
    if not isinstance(prompt, Prompt):
        return [record]
    room = room_for_body(head, head.writer, prompt)
    if room < 1 or len(token_ids(head.tokenizer, prompt.body)) <= room:
        return [record]
    return [part(record, text) for text in parts(head, prompt.body, room)] or [record]


def parts(head: FreeText, text: str, room: int) -> list[str]:
    """A text in parts of at most `room` tokens, no more of them than it takes, each about as long as the others."""
    places = [place for start, end in sentences(text) for place in _cut(head, text, start, end, room)]
    lengths = [_length(head, text[start:end]) for start, end in places]
    aim = sum(lengths) / max(1, ceil(sum(lengths) / room))
    made: list[tuple[int, int]] = []
    held = done = 0
    for (start, end), length in zip(places, lengths, strict=True):
        if made and held + length <= room and done + length / 2 < aim * len(made):
            made[-1], held = (made[-1][0], end), held + length
        else:
            made, held = [*made, (start, end)], length
        done += length
    return [text[start:end] for start, end in made]


def _length(head: FreeText, text: str) -> int:
    """The tokens of a sentence, and one for what may stand between it and the next."""
    return len(token_ids(head.tokenizer, text)) + 1


def _cut(head: FreeText, text: str, start: int, end: int, room: int) -> Iterator[tuple[int, int]]:
    """A sentence, or stretches of one that is longer than there is room for."""
    while _length(head, text[start:end]) > room:
        taken = len(shortened(head.tokenizer, text[start:end], room - 1)) or 1
        yield start, start + taken
        start += taken
    if start < end:
        yield start, end
