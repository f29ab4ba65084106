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
from tasktune.generation.constraint import Constraint, Walk


@dataclass(frozen=True, slots=True)
class Manner:
    """How all texts of a run are written: the options, the longest text and the token that ends one.

    `decode` makes text of tokens, for `stop` texts to be found in; `form` holds all texts to it.
    """

    decoding: Decoding
    longest: int
    end_id: int
    decode: Callable[[Sequence[int]], str]
    form: Constraint | None = None

    def stops(self, tokens: Sequence[int]) -> bool:
        """Whether a text ends with its last token: the end token, the longest length, or a text to stop before."""
        if not tokens:
            return False
        return tokens[-1] == self.end_id or len(tokens) >= self.longest or self._stopped(tokens)

    def _stopped(self, tokens: Sequence[int]) -> bool:
        stop = self.decoding.stop
        if not stop or len(tokens) < self.decoding.min_new_tokens:
            return False
        tail = self.decode(tokens[-1 - max(len(text.encode()) for text in stop) :])  # a token is a byte or more
        return any(text in tail for text in stop)

    def adjusted(self, scores: Tensor, context: Sequence[int], written: int, walk: Walk | None) -> Tensor:
        """Logits or log p (V,) after what may not come, or less, is weighed down.

        `context` are all tokens that the repetition options look at, the last `written` of them new.
        """
        decoding = self.decoding
        if decoding.repetition_penalty != 1.0:
            seen = torch.tensor(sorted(set(context)), device=scores.device)
            there = scores[seen]
            penalty = decoding.repetition_penalty
            scores = scores.scatter(0, seen, torch.where(there < 0, there * penalty, there / penalty))
        banned = repeating(context, decoding.no_repeat_ngram)
        if written < decoding.min_new_tokens:
            banned = [*banned, self.end_id]
        if banned:
            scores = scores.index_fill(0, torch.tensor(banned, device=scores.device), -torch.inf)
        if walk is not None:
            allowed = walk.mask().to(scores.device)
            scores = scores.clone()
            scores[: len(allowed)].masked_fill_(~allowed[: len(scores)], -torch.inf)
            scores[len(allowed) :] = -torch.inf
        return scores


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
    sums = probabilities.cumsum(0)
    if decoding.top_p < 1:
        kept = (sums - probabilities < decoding.top_p).sum()
        sums = sums[: max(1, int(kept))]
    place = torch.searchsorted(sums, sums[-1] * chance.random(), right=True)
    return int(tokens[min(int(place), len(sums) - 1)])
