"""Texts beside a tokenizer: what it puts around one, and as much of one as there is room for."""

from __future__ import annotations

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
    offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    if len(offsets) <= room:
        return text
    if room <= 0:
        return ""
    return text[: offsets[room - 1][1]] if keep == "start" else text[offsets[-room][0] :]
