"""Which words of a text are masked, and how: by chance, each as a whole.

A word is chosen with a probability of 15 %, whatever its length. Of those chosen, 80 % are masked, 10 % become other tokens and
10 % stay as they are, as in BERT (Devlin et al. 2019, section 3.1); the lot falls for a word as a whole, as in SpanBERT (Joshi et
al. 2020), so that no piece of it gives the others away. Special tokens, the unknown one among them, are never chosen and never
put in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Final

from transformers import PreTrainedTokenizerBase

from tasktune.answers import Words
from tasktune.core import InputError
from tasktune.heads.features import Features

SHARE: Final = 0.15
MASKED: Final = 0.8
EXCHANGED: Final = 0.1

Units = tuple[tuple[int, int], ...]
"""Stretches of tokens, (first, last + 1), that are masked each as a whole."""


def mask_id(tokenizer: PreTrainedTokenizerBase) -> int:
    """The token that stands for a masked word. Raises `InputError` where the tokenizer has none."""
    if tokenizer.mask_token_id is None:
        raise InputError("the model's tokenizer has no mask token, so that nothing can be masked; take a model that was made so")
    return int(tokenizer.mask_token_id)


@lru_cache(maxsize=8)
def ordinary(tokenizer: PreTrainedTokenizerBase) -> Sequence[int]:
    """The tokens of the vocabulary that are not special."""
    special = {*tokenizer.all_special_ids}
    return [token for token in range(len(tokenizer)) if token not in special]


def units_of(offsets: Sequence[tuple[int, int]], words: Words) -> Units:
    """The tokens of each word, given where tokens stand in the text; words that share a token are one unit.

    Tokens that touch no word are in none.
    """
    found: list[tuple[int, int]] = []
    first = reach = 0
    for at, (start, end) in enumerate(offsets):
        while first < len(words) and words[first][1] <= start:
            first += 1
        last = first
        while last < len(words) and words[last][0] < end:
            last += 1
        if last > first:
            joined = bool(found) and words[first][0] < reach
            found[-1:] = [(found[-1][0], at + 1)] if joined else [*found[-1:], (at, at + 1)]
            reach = words[last - 1][1]
    return tuple(found)


def without(units: Units, ids: Sequence[int], special: set[int]) -> Units:
    """The units that have no special token."""
    return tuple((first, end) for first, end in units if special.isdisjoint(ids[first:end]))


def masked(whole: Features, chance: Random, mask: int, others: Sequence[int]) -> Features:
    """Features of which some units are masked, one at least; their tokens are the targets. There must be units."""
    ids = [*whole.inputs["input_ids"]]
    chosen = [unit for unit in whole.units if chance.random() < SHARE] or [chance.choice(whole.units)]
    positions = tuple(at for unit in chosen for at in range(*unit))
    targets = tuple(ids[at] for at in positions)
    for first, end in chosen:
        lot = chance.random()
        if lot < MASKED:
            ids[first:end] = [mask] * (end - first)
        elif lot < MASKED + EXCHANGED:
            ids[first:end] = [chance.choice(others) for _ in range(first, end)]
    return replace(whole, inputs={**whole.inputs, "input_ids": ids}, positions=positions, targets=targets)


def unmasked(features: Features) -> Features:
    """Features as they were before some of them were masked."""
    ids = [*features.inputs["input_ids"]]
    for at, target in zip(features.positions, features.targets, strict=True):
        ids[at] = int(target)
    return replace(features, inputs={**features.inputs, "input_ids": ids}, positions=(), targets=())
