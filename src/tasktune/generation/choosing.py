"""Which token comes next: what of a network's logits counts, and drawing from it.

The order in which logits are changed, and how, is that of transformers' `generate`, so that the same options write the same text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from tasktune.decoding import Decoding
from tasktune.generation.constraint import Walk


@dataclass(frozen=True, slots=True)
class Manner:
    """How all texts of a run are written: the options, the longest text and the token that ends one.

    `decode` makes text of tokens, for `stop` texts to be found in. `barred` tokens are never written.
    """

    decoding: Decoding
    longest: int
    end_id: int
    decode: Callable[[Sequence[int]], str]
    barred: tuple[int, ...] = ()

    def stops(self, tokens: Sequence[int]) -> bool:
        """Whether a text ends with its last token: the end token, the longest length, or a text to stop before."""
        if not tokens:
            return False
        return tokens[-1] == self.end_id or len(tokens) >= self.longest or self._stopped(tokens)

    def _stopped(self, tokens: Sequence[int]) -> bool:
        stop = self.decoding.stop
        if not stop:
            return False
        longest = max(len(text.encode()) for text in stop)
        taken = longest + 1
        while taken < len(tokens) and len(self.decode(tokens[-taken:-1]).encode()) < longest:  # some tokens add no text
            taken *= 2
        tail = self.decode(tokens[-taken:])
        return any(text in tail for text in stop)

    def adjusted(self, scores: Tensor, context: Sequence[int], written: int, walk: Walk | None) -> Tensor:
        """Logits or log p (V,) after what is less wanted is weighed down, and what may not come is at -inf.

        `context` are all tokens that the options look for repetitions in, the last `written` of them new. What a walk demands
        comes before what the options forbid, where nothing would be left.
        """
        wanted = self._without_banned(self._penalised(scores, context), context, written)
        if walk is None:
            return wanted
        allowed = walk.mask()
        width = min(len(allowed), len(scores))
        forbidden = torch.ones(len(scores), dtype=torch.bool)
        forbidden[:width] = ~allowed[:width]
        forbidden = forbidden.to(scores.device)
        left = wanted.masked_fill(forbidden, -torch.inf)
        return left if left.max() > -torch.inf else scores.masked_fill(forbidden, -torch.inf)

    def _penalised(self, scores: Tensor, context: Sequence[int]) -> Tensor:
        """Keskar et al. (2019): what occurred before is less probable."""
        penalty = self.decoding.repetition_penalty
        if penalty == 1.0:
            return scores
        seen = torch.tensor(sorted(set(context)), dtype=torch.long, device=scores.device)
        there = scores[seen]
        return scores.scatter(0, seen, torch.where(there < 0, there * penalty, there / penalty))

    def _without_banned(self, scores: Tensor, context: Sequence[int], written: int) -> Tensor:
        banned = [*self.barred, *repeating(context, self.decoding.no_repeat_ngram)]
        if written < self.decoding.min_new_tokens:
            banned = [*banned, self.end_id]
        return scores.index_fill(0, torch.tensor(banned, device=scores.device), -torch.inf) if banned else scores


def repeating(context: Sequence[int], length: int) -> list[int]:
    """The tokens that would make the last ones a sequence of `length` that occurred before (Paulus et al. 2017)."""
    if not length or len(context) + 1 < length:
        return []
    last = list(context[len(context) - length + 1 :])
    return [context[k + length - 1] for k in range(len(context) - length + 1) if list(context[k : k + length - 1]) == last]


def drawn(logits: Tensor, decoding: Decoding, chance: Random) -> int:
    """A token drawn from the softmax of logits (V,) at the temperature, of the `top_k` and of these the `top_p`.

    One number is drawn for it, so that the text depends on the chance alone, wherever the sequence stands.
    """
    scores = logits / decoding.sampling
    if decoding.top_k:
        least = scores.topk(min(decoding.top_k, len(scores))).values[-1]
        scores = scores.masked_fill(scores < least, -torch.inf)
    probabilities, tokens = scores.softmax(0).sort(descending=True, stable=True)
    probabilities = probabilities[: max(1, int((probabilities > 0).sum()))]
    sums = probabilities.cumsum(0)
    if decoding.top_p < 1:
        kept = (sums - probabilities < decoding.top_p).sum()
        sums = sums[: max(1, int(kept))]
    place = torch.searchsorted(sums, sums[-1] * chance.random(), right=True)
    return int(tokens[min(int(place), len(sums) - 1)])
