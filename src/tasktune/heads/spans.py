"""`Extract` on an encoder: the stretch of a text that answers a question, or none, as in BERT (Devlin et al. 2019, section 4.3).

A text too long for the model is read in windows that overlap, each beside the whole question. In each window, a span has odds
against none: its start's and end's logits, less those of the first token, which stands for none. Windows look for the same
answer apart from each other, so that the odds of a span against none at all are those in its window; of a span in several
windows, the best. So the spans of all windows and none form one distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, final

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from tasktune.answers import Answer
from tasktune.core import Lost, Record
from tasktune.framings import Place
from tasktune.heads.base import FORBIDDEN, UNSAYABLE, Choice, Head, Raw, Scored, Units, by_policy, softmax
from tasktune.heads.features import Batch, Features, on, run, token_ids
from tasktune.heads.texts import shortened

Array = np.ndarray[Any, Any]
Cover = tuple[int, int]
"""The first and the last token of a span, counted in the whole text."""

_BEST = 200  # spans that are told one by one; the many others, all but impossible, are one class


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: where each starts and ends without blanks, and whether a span may start or end with it, (tokens,).

    Of tokens that are parts of one character only the first may start a span and only the last end it; a blank may do neither.
    """

    starts: Array
    ends: Array
    may_start: Array
    may_end: Array

    def cover(self, place: tuple[int, int]) -> Cover | None:
        """The tokens that a place in the text touches, at least; `None` where there are none."""
        first, last = (
            np.flatnonzero(self.may_start & (self.ends > place[0])),
            np.flatnonzero(self.may_end & (self.starts < place[1])),
        )
        return (int(first[0]), int(last[-1])) if len(first) and len(last) and first[0] <= last[-1] else None

    def place(self, cover: Cover) -> tuple[int, int]:
        """Where a span of tokens stands in the text, in characters."""
        return int(self.starts[cover[0]]), int(self.ends[cover[1]])


@lru_cache(maxsize=16)  # of one text there are often several questions in a row
def tokens_of(tokenizer: PreTrainedTokenizerBase, text: str) -> Tokens:
    """The tokens of a text as places in it."""
    offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    bounds = np.array([_trimmed(text, start, end) for start, end in offsets], dtype=np.int64).reshape(-1, 2)
    starts, ends = bounds.T
    filled = starts < ends
    may_start, may_end = filled.copy(), filled.copy()
    may_start[filled] = np.diff(starts[filled], prepend=-1) > 0
    may_end[filled] = np.diff(ends[filled], append=len(text) + 1) > 0
    return Tokens(starts, ends, may_start, may_end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    surface = text[start:end]
    kept = surface.strip()
    start += len(surface) - len(surface.lstrip()) if kept else 0
    return start, start + len(kept)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The answers to a question: the best spans in their order; log p of none, of each of these, of all others (spans + 2,)."""

    spans: list[Cover]
    log_p: Array

    @property
    def odds(self) -> float:
        """The log odds of the best span against none; as good as never where there is none."""
        return float(self.log_p[1] - self.log_p[0]) if self.spans else FORBIDDEN


@final
@dataclass(frozen=True, slots=True)
class BestSpan(Head):
    """A start and an end, each by softmax over the first token and the text's tokens. A "unit" is the whole answer."""

    @property
    def longest(self) -> int:
        """How many tokens an answer may have."""
        return int(self.recipe.decoding.max_new_tokens or self.framing.max_tokens)

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """Windows: `positions` are the first token and the text's tokens, `start` counts the text's tokens before."""
        text, room = self.framing.text(record), self.max_length - self.tokenizer.num_special_tokens_to_add(pair=True)
        question = shortened(self.tokenizer, self.framing.question(record), room // 2)
        if question != self.framing.question(record):
            lost.add("questions shortened", record.id)
        beside = room - len(token_ids(self.tokenizer, question))
        read = self.tokenizer(
            question,
            text,
            truncation="only_second",
            max_length=self.max_length,
            stride=beside // 4,
            return_overflowing_tokens=True,
        )
        windows = [_window(self.tokenizer, read, k, k * (beside - beside // 4)) for k in range(len(read["input_ids"]))]
        length = sum(len(token_ids(self.tokenizer, part)) for part in (question, text)) if len(windows) > 1 else 0
        return windows if len(windows) == 1 else by_policy(self, record, length, room, windows, lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """The windows with the answer's start and end; those without it say none, those with a part of it are left out.

        Nothing, and counted, where none of them holds the whole answer: they would all teach that there is none.
        """
        if self.unsayable(record):
            lost.add(UNSAYABLE, record.id)
        place = self.framing.write(record)
        cover = None if place is None else self._tokens(record).cover(place)
        if self.framing.lost(record) or (place is not None and cover is None):
            return []
        windows = [(f, _within(f, cover)) for f in self.encode(record, lost)]
        if windows and cover is not None and all(targets in (_NONE, ()) for _, targets in windows):
            lost.add("answers that no window holds whole", record.id)
            return []
        return [replace(f, targets=targets) for f, targets in windows if targets]

    def _tokens(self, record: Record) -> Tokens:
        return tokens_of(self.tokenizer, self.framing.text(record))

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log p of the start and of the end, (B, 2)."""
        out, positions = run(net, batch), batch["positions"]
        padding = positions == 0
        padding[:, 0] = False
        scores = torch.stack([out.start_logits, out.end_logits], 1).float()
        there = scores.gather(2, positions.unsqueeze(1).expand(-1, 2, -1)).masked_fill(padding.unsqueeze(1), FORBIDDEN)
        return there.log_softmax(-1).gather(-1, batch["targets"].unsqueeze(-1)).squeeze(-1)

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """(tokens before the window, logits of starts and ends less those of none (2, tokens)) of each feature."""
        out = run(net, on(net, self.collate(features)))
        scores = torch.stack([out.start_logits, out.end_logits], 1).float().cpu().numpy()
        each = [scores[k][:, list(f.positions)] for k, f in enumerate(features)]
        return [(f.start, at[:, 1:] - at[:, :1]) for f, at in zip(features, each, strict=True)]

    def ranked(self, record: Record, raws: Sequence[Raw]) -> Ranked:
        """The answers by their probability, before any temperature."""
        tokens = self._tokens(record)
        odds = _odds(tokens, raws, self.longest)
        flat = odds.ravel()
        most = min(_BEST, int((flat > FORBIDDEN / 2).sum()))
        split = np.argpartition(-flat, most - 1)[:most] if most else np.zeros(0, dtype=np.int64)
        best = split[np.lexsort((split, -flat[split]))]
        others = flat.copy()
        others[best] = -np.inf
        others[others <= FORBIDDEN / 2] = -np.inf
        logits = np.concatenate([[0.0], flat[best], [np.logaddexp.reduce(others, initial=-np.inf)]])
        firsts, more = np.unravel_index(best, odds.shape)
        spans = [(int(first), int(first + further)) for first, further in zip(firsts, more, strict=True)]
        return Ranked(spans, logits - np.logaddexp.reduce(logits))

    def choices(self, record: Record, raws: Sequence[Raw]) -> tuple[Choice]:
        """The best span, or none."""
        ranked = self.ranked(record, raws)
        given = self._read(record, ranked.spans[0]) if ranked.spans else self._read(record, None)
        return (Choice(ranked.odds, given, self._read(record, None), record),)

    def _read(self, record: Record, cover: Cover | None) -> Answer:
        place: Place = None if cover is None else self._tokens(record).place(cover)
        answer: Answer = self.framing.read(record, place, self.labels)
        return answer

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The best span where its odds reach the threshold, else none; `others` are the next best by their probability."""
        ranked = self.ranked(record, raws)
        probabilities = softmax(ranked.log_p, self.calibration.temperature)
        said: list[Cover | None] = [None, *ranked.spans]
        chosen = int(ranked.odds >= self.calibration.threshold() and bool(ranked.spans))
        order = sorted((k for k in range(len(said)) if k != chosen), key=lambda k: -probabilities[k])
        others = tuple((self._read(record, said[k]), float(probabilities[k])) for k in order[: self.recipe.decoding.n_best - 1])
        score = float(probabilities[chosen])
        return Scored(self._read(record, said[chosen]), score, (score,) * chosen, others=others)

    def units(self, record: Record, raws: Sequence[Raw]) -> Units:
        """One choice: none, one of the best spans, or any other. An answer that the windows do not hold is not in the set."""
        ranked = self.ranked(record, raws)
        place = self.framing.write(record)
        cover = None if place is None else self._tokens(record).cover(place)
        held = cover is not None and cover[1] - cover[0] < self.longest and any(_holds(start, at, cover) for start, at in raws)
        gold = -1
        if place is None and not self.framing.lost(record):
            gold = 0
        elif held:
            gold = 1 + (ranked.spans.index(cover) if cover in ranked.spans else len(ranked.spans))
        return Units(ranked.log_p[None], np.array([gold], dtype=np.int64))

    def unsayable(self, record: Record) -> int:
        """1 where the answer is no stretch of the text, does not begin and end with a token, or is too long."""
        place = self.framing.write(record)
        if place is None:
            return int(self.framing.lost(record))
        tokens = self._tokens(record)
        cover = tokens.cover(place)
        exact = cover is not None and tokens.place(cover) == _trimmed(self.framing.text(record), *place)
        return int(not exact or cover is None or cover[1] - cover[0] >= self.longest)

    def ceiling(self, record: Record) -> Answer:
        """The answer in whole tokens; none where it is too long, or in no window whole."""
        place = self.framing.write(record)
        cover = None if place is None else self._tokens(record).cover(place)
        sayable = cover is not None and cover[1] - cover[0] < self.longest
        held = sayable and any(_within(f, cover) not in (_NONE, ()) for f in self.encode(record, Lost()))
        return self._read(record, cover if held else None)


_NONE = (0, 0)  # the first token is start and end of no answer


def _window(tokenizer: PreTrainedTokenizerBase, read: Any, k: int, start: int) -> Features:
    ids = list(read["input_ids"][k])
    first = ids.index(tokenizer.cls_token_id) if tokenizer.cls_token_id in ids else 0
    inputs = {name: list(read[name][k]) for name in ("input_ids", "token_type_ids") if name in read}
    return Features(inputs, (first, *(at for at, part in enumerate(read.sequence_ids(k)) if part == 1)), start=start)


def _within(window: Features, cover: Cover | None) -> tuple[int, ...]:
    """The targets of a window: places among its positions, those of none, or () where it holds a part of the answer only."""
    last = window.start + len(window.positions) - 2
    if cover is None or cover[1] < window.start or cover[0] > last:
        return _NONE
    inside = window.start <= cover[0] and cover[1] <= last
    return (cover[0] - window.start + 1, cover[1] - window.start + 1) if inside else ()


def _holds(start: int, scores: Array, cover: Cover) -> bool:
    return bool(start <= cover[0] and cover[1] < start + scores.shape[1])


def _odds(tokens: Tokens, raws: Sequence[Raw], longest: int) -> Array:
    """Log odds against none of the span from each token (row) to so many tokens further (column), (tokens, at most longest)."""
    count = len(tokens.starts)
    odds = np.full((count, min(longest, count)), FORBIDDEN)
    for start, scores in raws:
        here = slice(start, start + scores.shape[1])
        begin = np.where(tokens.may_start[here], scores[0], 2 * FORBIDDEN)
        finish = np.where(tokens.may_end[here], scores[1], 2 * FORBIDDEN)
        for further in range(min(odds.shape[1], len(begin))):
            row = odds[start : start + len(begin) - further, further]
            np.maximum(row, begin[: len(begin) - further] + finish[further:], out=row)
    return odds
