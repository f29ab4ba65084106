"""How one text is looked for: by its most probable next token, by chance, or by beams.

Shapes: R sequences that a search has under way, V the vocabulary.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import final

import torch
from torch import Tensor

from tasktune.generation.choosing import Manner, drawn
from tasktune.generation.constraint import Constraint, Walk


@dataclass(frozen=True, slots=True)
class Written:
    """A text: its tokens, with the one that ends it where it came, and the network's log p of all of them."""

    tokens: tuple[int, ...]
    log_p: float


class Search(ABC):
    """One prompt, and what is being written after it, held to a `form` where there is one.

    `context` are the tokens before it in its sequence, which count as written when the options look for repetitions.
    """

    def __init__(self, prompt: Sequence[int], context: Sequence[int], manner: Manner, form: Constraint | None = None) -> None:
        self.prompt = prompt
        self.context = [*context]
        self.manner = manner
        self.form = form
        self.rows = 1
        self.found: list[Written] = []

    @property
    @abstractmethod
    def tokens(self) -> list[int]:
        """The last token of each sequence that is under way, (R)."""

    @property
    @abstractmethod
    def best(self) -> Sequence[int]:
        """The tokens of the best sequence so far."""

    @abstractmethod
    def advance(self, logits: Tensor) -> list[int]:
        """Take a next token, given logits (R, V). Which sequences go on, one or more times: none when all is `found`."""

    def _walk(self) -> Walk | None:
        return None if self.form is None else self.form.start()


@final
class Line(Search):
    """One sequence: its most probable tokens, or, with a `chance`, tokens drawn."""

    def __init__(
        self,
        prompt: Sequence[int],
        context: Sequence[int],
        manner: Manner,
        form: Constraint | None = None,
        chance: Random | None = None,
    ) -> None:
        super().__init__(prompt, context, manner, form)
        self.chance = chance
        self._written: list[int] = []
        self._log_p = 0.0
        self._at = self._walk()

    @property
    def tokens(self) -> list[int]:
        """The last token."""
        return self._written[-1:]

    @property
    def best(self) -> Sequence[int]:
        """All tokens."""
        return self._written

    def advance(self, logits: Tensor) -> list[int]:
        """The sequence goes on until the manner stops it."""
        scores = self.manner.adjusted(logits[0], [*self.context, *self._written], len(self._written), self._at)
        token = int(scores.argmax()) if self.chance is None else drawn(scores, self.manner.decoding, self.chance)
        self._log_p += float(logits[0, token] - logits[0].logsumexp(0))
        self._written.append(token)
        if self.manner.stops(self._written):
            self.found = [Written(tuple(self._written), self._log_p)]
            self.rows = 0
            return []
        if self._at is not None:
            self._at.advance(token)
        return [0]


@dataclass(frozen=True, slots=True)
class Beam:
    """A sequence on its way: `score` is the log p that the search goes by, `log_p` the network's own."""

    tokens: tuple[int, ...]
    score: float
    log_p: float
    walk: Walk | None
    parent: int = 0


@final
class Beams(Search):
    """The best of several sequences followed at once, as transformers' `generate` does it with `early_stopping=False`."""

    def __init__(self, prompt: Sequence[int], context: Sequence[int], manner: Manner, form: Constraint | None = None) -> None:
        super().__init__(prompt, context, manner, form)
        self._running = [Beam((), 0.0, 0.0, self._walk())]
        self._ended: list[tuple[float, Written]] = []

    @property
    def tokens(self) -> list[int]:
        """The last token of each beam."""
        return [beam.tokens[-1] for beam in self._running]

    @property
    def best(self) -> Sequence[int]:
        """The tokens of the first beam."""
        return self._running[0].tokens

    def advance(self, logits: Tensor) -> list[int]:
        """Twice as many candidates as beams; those that end are set aside if they are among the best, the others go on."""
        count = self.manner.decoding.beams
        candidates = self._candidates(logits, 2 * count)
        for place, beam in enumerate(candidates):
            if place < count and self.manner.stops(beam.tokens):
                self._ended.append((beam.score / self._penalty(len(beam.tokens)), Written(beam.tokens, beam.log_p)))
        self._ended = sorted(self._ended, key=lambda ended: -ended[0])[:count]
        going = [beam for beam in candidates if not self.manner.stops(beam.tokens)][:count]
        if not going or not self._improvable(going[0]):
            self.found = [written for _, written in self._ended[: self.manner.decoding.n_best]]
            self.rows = 0
            return []
        self._running = [self._moved(beam) for beam in going]
        self.rows = len(going)
        return [beam.parent for beam in going]

    def _candidates(self, logits: Tensor, count: int) -> list[Beam]:
        log_p = logits.log_softmax(-1)
        scores = torch.stack(
            [
                self.manner.adjusted(row, [*self.context, *beam.tokens], len(beam.tokens), beam.walk) + beam.score
                for row, beam in zip(log_p, self._running, strict=True)
            ]
        )
        best = scores.view(-1).topk(min(count, scores.numel()))
        found = []
        for score, place in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            parent, token = divmod(place, scores.size(1))
            beam = self._running[parent]
            if score > -torch.inf:
                total = beam.log_p + float(log_p[parent, token])
                found.append(Beam((*beam.tokens, token), score, total, beam.walk, parent))
        return found

    def _penalty(self, length: int) -> float:
        return float(length**self.manner.decoding.length_penalty)

    def _improvable(self, best: Beam) -> bool:
        """Whether the best running beam would, if it ended now, be among those that have ended."""
        if len(self._ended) < self.manner.decoding.beams:
            return True
        return best.score / self._penalty(len(best.tokens)) > self._ended[-1][0]

    def _moved(self, beam: Beam) -> Beam:
        if beam.walk is None:
            return beam
        walk = beam.walk.fork()
        walk.advance(beam.tokens[-1])
        return Beam(beam.tokens, beam.score, beam.log_p, walk, beam.parent)
