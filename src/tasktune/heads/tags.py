"""`Tags` on an encoder: one tag a word, read at the word's first sub-word, under the order that the scheme allows.

A text too long for the model is read in windows that overlap; each word's tag is taken from the window in which it stands
farthest from a cut edge.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import itemgetter
from typing import Any, final

import numpy as np
from torch import Tensor
from transformers import PreTrainedModel

from tasktune.answers import Answer, Words
from tasktune.core import Lost, Record
from tasktune.framings import Labels
from tasktune.heads.base import FORBIDDEN, UNSAYABLE, Head, Raw, Scored, Units, geometric_mean, places, softmax
from tasktune.heads.features import Batch, Features, at, log_p_of, on, run
from tasktune.heads.words import word_windows


@final
@dataclass(frozen=True, slots=True)
class WordTags(Head):
    """One tag a word: softmax over K tags at each first sub-word. A "unit" is a word."""

    @property
    def classes(self) -> int:
        """The tags."""
        return len(self.labels)

    @property
    def in_place(self) -> bool:
        """A tag is read at its word."""
        return True

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """Windows over the record's words; `positions` are the words' first sub-words, `start` counts the words before."""
        return word_windows(self, record, lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """The windows with the tag of each word."""
        if unsaid := self.unsayable(record):
            lost.add(UNSAYABLE, record.id, unsaid)
        ids = [self.labels.index(tag) for tag in self.framing.write(record)]
        return [replace(f, targets=tuple(ids[f.start : f.start + len(f.positions)])) for f in self.encode(record, lost)]

    def unsayable(self, record: Record) -> int:
        """Spans that do not begin and end with a word, or overlap one before."""
        return int(self.framing.lost(record))

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log softmax at each word's tag, (B, S)."""
        return log_p_of(at(run(net, batch).logits, batch["positions"]), batch["targets"])

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """(first word of the window, log-probabilities (words, K)) of each feature."""
        return log_p_of_units(self, net, features)

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The most probable legal tags. `score` is the geometric mean of the words' probabilities; a span's is their product."""
        words: Words = self.framing.words(record)
        if not words:
            return Scored(self.framing.read(record, (), self.labels), 1.0)
        log_p, read = self.merged(len(words), raws)
        probabilities = softmax(log_p, self.calibration.temperature)
        best = best_path(log_p, transitions(self.framing.follows, self.labels))
        chosen = np.where(read, probabilities[np.arange(len(best)), best], 0.0)
        answer = self.framing.read(record, tuple(self.labels[k] for k in best), self.labels)
        score = geometric_mean(chosen[read])
        return Scored(answer, score, tuple(product(part, words, chosen) for part in answer))

    def merged(self, words: int, raws: Sequence[Raw]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """log-probabilities (words, K) out of the windows, and which words (words,) any window held."""
        return merged(words, raws, len(self.labels), self._default())

    def _default(self) -> int:
        return self.labels.index("O") if "O" in self.labels else 0

    def units(self, record: Record, raws: Sequence[Raw]) -> Units:
        """A choice among K tags for each word that was read."""
        tags = self.framing.write(record)
        log_p, read = self.merged(len(tags), raws)
        return Units(log_p[read], places(self.labels, tags)[read])

    def ceiling(self, record: Record) -> Answer:
        """The answer read back from the tags, without those that training data did not show or a truncating policy cuts."""
        kept = {k for f in self.encode(record, Lost()) for k in range(f.start, f.start + len(f.positions))}
        default = self.labels[self._default()]
        tags = [tag if k in kept and tag in self.labels else default for k, tag in enumerate(self.framing.write(record))]
        answer: Answer = self.framing.read(record, tuple(tags), self.labels)
        return answer


def log_p_of_units(head: Head, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
    """(first unit of the window, log-probabilities (units, K)) of each feature, whose units are told at its `positions`."""
    log_p = run(net, on(net, head.collate(features))).logits.float().log_softmax(-1).cpu().numpy()
    return [(f.start, log_p[k, list(f.positions)]) for k, f in enumerate(features)]


def merged(words: int, raws: Sequence[Raw], classes: int, default: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """log-probabilities (words, K) out of windows (first word, log-probabilities), and which words (words,) any window held.

    Each word's are those of the window in which it stands farthest from a cut edge. Words that none held (cut off by a truncating
    policy) are given the tag of nothing, `default`.
    """
    log_p = np.full((words, classes), FORBIDDEN, dtype=np.float32)
    log_p[:, default] = 0.0
    margin = np.full(words, -1)
    for start, window in raws:
        here = np.arange(len(window))
        left = here if start else here + words
        right = here[::-1] if start + len(window) < words else here + words
        safer = np.minimum(left, right) > margin[start : start + len(window)]
        margin[start : start + len(window)][safer] = np.minimum(left, right)[safer]
        log_p[start : start + len(window)][safer] = window[safer]
    return log_p, margin >= 0


@cache
def transitions(follows: Callable[[str, str], bool], labels: Labels) -> np.ndarray[Any, Any]:
    """(K + 1, K) of 0 where a tag may follow and a forbidding value where not; the last row is the start of the text."""
    return np.array([[0.0 if follows(a, b) else FORBIDDEN for b in labels] for a in (*labels, "")])


def best_path(log_p: np.ndarray[Any, Any], transitions: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The most probable sequence of classes (n,) given log-probabilities (n, K) and transitions (K + 1, K) (Viterbi 1967)."""
    greedy: np.ndarray[Any, Any] = log_p.argmax(-1)
    before = np.concatenate([[log_p.shape[1]], greedy[:-1]])
    if not transitions[before, greedy].any():
        return greedy
    best, back = log_p[0] + transitions[-1], np.zeros(log_p.shape, dtype=np.int64)
    for k in range(1, len(log_p)):
        through = best[:, None] + transitions[:-1]
        back[k] = through.argmax(0)
        best = through.max(0) + log_p[k]
    path = [int(best.argmax())]
    for k in range(len(log_p) - 1, 0, -1):
        path.append(int(back[k, path[-1]]))
    return np.array(path[::-1])


def product(part: Any, words: Words, chosen: np.ndarray[Any, Any]) -> float:
    """The probability of the part of an answer: of all the words in it."""
    first, last = bisect_left(words, part.start, key=itemgetter(0)), bisect_right(words, part.end, key=itemgetter(1))
    return float(chosen[first:last].prod())
