"""Texts beside a tokenizer: what it puts around one, and as much of one as there is room for."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import Literal

from transformers import PreTrainedTokenizerBase


@lru_cache(maxsize=8)  # of a tokenizer always the same, and asked for with every record
def frame(tokenizer: PreTrainedTokenizerBase) -> tuple[list[int], list[int]]:
    """The special tokens that the tokenizer puts before and after one text."""
    bare = tokenizer("a", add_special_tokens=False)["input_ids"]
    whole = tokenizer("a")["input_ids"]
    start = next(k for k in range(len(whole)) if whole[k : k + len(bare)] == bare)
    return whole[:start], whole[start + len(bare) :]


def shortened(tokenizer: PreTrainedTokenizerBase, text: str, room: int, keep: Literal["start", "end"] = "start") -> str:
    """The start or the end of a text that takes at most `room` tokens; the text itself where it fits."""
    if not tokenizer.is_fast:
        return _cut(tokenizer, text, room, keep)
    offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    if len(offsets) <= room:
        return text
    if room <= 0:
        return ""
    return text[: offsets[room - 1][1]] if keep == "start" else text[offsets[-room][0] :]


def _cut(tokenizer: PreTrainedTokenizerBase, text: str, room: int, keep: Literal["start", "end"]) -> str:
    """The same by a tokenizer that tells no places (Marian's, M2M100's): the longest part, looked for by halves."""

    def part(length: int) -> str:
        return text[:length] if keep == "start" else text[len(text) - length :]

    def too_long(length: int) -> bool:
        return len(tokenizer(part(length), add_special_tokens=False)["input_ids"]) > room

    return part(max(0, bisect_left(range(len(text) + 1), True, key=too_long) - 1))
