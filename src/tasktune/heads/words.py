"""Texts as words for an encoder: windows over the sub-words of words, of which none belongs to two words.

A word and the blanks before it are tokenized on their own, so that none of the words is lost, whatever the tokenizer would have
joined. SentencePiece puts a blank before every text that it is given; a word that stands right behind another, as each does in
Chinese and a comma does anywhere, is tokenized without it, as it would be in its place. Where the blank is a token of its own,
the word is looked for at the next one, which says more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, cast

from tokenizers import Tokenizer
from tokenizers.pre_tokenizers import Metaspace, PreTokenizer
from tokenizers.pre_tokenizers import Sequence as Steps
from transformers import PreTrainedTokenizerBase

from tasktune.answers import Words
from tasktune.core import Lost, Record
from tasktune.heads.base import Head, by_policy
from tasktune.heads.features import Features
from tasktune.heads.texts import frame

_REMEMBERED: Final = 50_000
"""Words whose tokens are remembered, about: some 10 MB."""

Stretch = tuple[str, bool]
"""A word with the blanks before it, and whether it stands right behind another."""


def word_windows(head: Head, record: Record, lost: Lost) -> list[Features]:
    """Windows over the record's words; `positions` are the words' first sub-words that are no mere blanks.

    `start` counts the words before.
    """
    return windows_over(head, record, head.framing.words(record), lost)


def windows_over(head: Head, record: Record, words: Words, lost: Lost, what: str = "words") -> list[Features]:
    """The same over `words`, which may be longer stretches of the text; `what` they are called where some are lost."""
    return _windows(head, record, _pieces(head, record, words, lost, what), ((0, len(words)),), lost)


def sentence_windows(head: Head, record: Record, sentences: Words, lost: Lost) -> list[Features]:
    """The same over the record's words, each sentence (first, last + 1) in windows of its own."""
    pieces = _pieces(head, record, head.framing.words(record), lost, "words")
    return _windows(head, record, pieces, sentences or ((0, 0),), lost)


def _windows(head: Head, record: Record, pieces: list[list[int]], stretches: Words, lost: Lost) -> list[Features]:
    """Windows over each stretch of words. The policy on long input is about the record; to truncate keeps what fits of each."""
    room = head.max_length - head.tokenizer.num_special_tokens_to_add()
    lengths = [[len(piece) for piece in pieces[first:last]] for first, last in stretches]
    cut = [
        [_window(head, pieces, first + start, first + end) for start, end in window_cuts(each, room)]
        for (first, _), each in zip(stretches, lengths, strict=True)
    ]
    windows = [*chain(*cut)]
    if len(windows) == len(cut):
        return windows
    kept = by_policy(head, record, max(map(sum, lengths)), room, windows, lost)
    return [first for first, *_ in cut] if head.recipe.lossy == "truncate" else kept


def _pieces(head: Head, record: Record, words: Words, lost: Lost, what: str) -> list[list[int]]:
    """The sub-words of each word; a word of which the tokenizer leaves nothing becomes one unknown token, and is counted."""
    if not words:
        return []
    text: str = head.framing.text(record)
    ends = [0, *(end for _, end in words)]
    texts = [text[before:end] for before, (_, end) in zip(ends, words, strict=False)]
    stretches = [(text, k > 0 and not text[0].isspace()) for k, text in enumerate(texts)]
    pieces = _tokenized(head.tokenizer, stretches)
    room = head.max_length - head.tokenizer.num_special_tokens_to_add()
    for k, piece in enumerate(pieces):
        if not piece:
            lost.add(f"{what} without a token", record.id)
            pieces[k] = [head.tokenizer.unk_token_id or head.tokenizer.pad_token_id]
        if len(piece) > room:
            lost.add(f"{what} longer than the model", record.id)
            pieces[k] = piece[:room]
    return pieces


def _tokenized(tokenizer: PreTrainedTokenizerBase, stretches: Sequence[Stretch]) -> list[list[int]]:
    """The tokens of each stretch of text, of which most were met before: the same words come again and again."""
    remembered = _remembered(tokenizer)
    known = {stretch: tokens for stretch in stretches if (tokens := remembered.get(stretch)) is not None}
    new = [stretch for stretch in dict.fromkeys(stretches) if stretch not in known]
    if new:
        known.update(zip(new, _anew(tokenizer, new), strict=True))
        if len(remembered) > _REMEMBERED:
            remembered.clear()  # maybe while others ask: what is needed here stands in `known`
        remembered.update(known)
    return [known[stretch] for stretch in stretches]


@lru_cache(maxsize=8)
def _remembered(tokenizer: PreTrainedTokenizerBase) -> dict[Stretch, list[int]]:
    return {}


def _anew(tokenizer: PreTrainedTokenizerBase, stretches: Sequence[Stretch]) -> list[list[int]]:
    whole: list[list[int]] = tokenizer([text for text, _ in stretches], add_special_tokens=False)["input_ids"]
    unspaced = _unspaced(tokenizer)
    if unspaced is None:
        return whole
    return [unspaced.encode(text).ids if behind else ids for (text, behind), ids in zip(stretches, whole, strict=True)]


@lru_cache(maxsize=8)
def _unspaced(tokenizer: PreTrainedTokenizerBase) -> Tokenizer | None:
    """A SentencePiece tokenizer that puts no blank before a text; `None` for tokenizers of other kinds, which never do."""
    if not tokenizer.is_fast:
        return None
    whole = tokenizer.backend_tokenizer
    before = whole.pre_tokenizer
    steps = [*cast(Iterable[PreTokenizer], before)] if isinstance(before, Steps) else [before]  # which its types do not say
    if not any(isinstance(step, Metaspace) for step in steps):
        return None
    unspaced = Tokenizer(whole.model)  # the same vocabulary, not a copy
    if whole.normalizer is not None:
        unspaced.normalizer = whole.normalizer
    unspaced.pre_tokenizer = Steps([_without_blank(step) for step in steps])
    return unspaced


def _without_blank(step: PreTokenizer) -> PreTokenizer:
    if not isinstance(step, Metaspace):
        return step
    return Metaspace(replacement=step.replacement, prepend_scheme="never", split=step.split)


def _window(head: Head, pieces: list[list[int]], first: int, last: int) -> Features:
    (before, after), blank = frame(head.tokenizer), _blank(head.tokenizer)
    ids, positions = [*before], []
    for piece in pieces[first:last]:
        positions.append(len(ids) + (len(piece) > 1 and piece[0] == blank))
        ids += piece
    return Features({"input_ids": [*ids, *after]}, tuple(positions), start=first)


@lru_cache(maxsize=8)
def _blank(tokenizer: PreTrainedTokenizerBase) -> int | None:
    """SentencePiece's token of a blank alone, where there is one."""
    return tokenizer.get_vocab().get("\u2581")


def window_cuts(lengths: Sequence[int], room: int) -> list[tuple[int, int]]:
    """(first, last + 1) of windows over words of these lengths in tokens, each within `room`, a quarter of each seen twice."""
    cuts: list[tuple[int, int]] = []
    first = 0
    while True:
        last, used = first, 0
        while last < len(lengths) and used + lengths[last] <= room:
            used += lengths[last]
            last += 1
        cuts.append((first, last))
        if last >= len(lengths):
            return cuts
        overlap, seen, most = last, 0, min(room // 4, room - lengths[last])  # the next word must find room
        while overlap - 1 > first and seen + lengths[overlap - 1] <= most:
            overlap -= 1
            seen += lengths[overlap]
        first = overlap
