"""`Mask` on an encoder: the words under masks, each foretold by itself from all that is not masked.

Of a text without masks, some words are masked by chance and learnt: always the same ones when it is measured, so that scores
compare, and in each epoch others (Liu et al. 2019, RoBERTa). A text too long for the model is learnt in windows of about one
size, each token in one of them. Texts are never joined, since what is foretold would depend on what happens to stand before;
RoBERTa's authors too found inputs within documents the better ones (table 2), and the engine packs short ones into rows without
padding. When words are asked for, each mask is read with as much text on both sides as there is room for.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from random import Random
from typing import Any, final

import numpy as np
from torch import Tensor
from transformers import PreTrainedModel
from transformers.modeling_outputs import BaseModelOutputWithPooling

from tasktune.answers import Answer, Words
from tasktune.core import Counts, Lost, Record
from tasktune.framings import Mask
from tasktune.heads.base import Head, Raw, Scored, by_policy
from tasktune.heads.features import Batch, Features, asked, at, log_p_of, on, padded, run, token_ids
from tasktune.heads.masking import Units, mask_id, masked, ordinary, units_of, unmasked, without
from tasktune.heads.texts import frame

UNFIT = "words under masks that are no single token"
NO_WORD = "texts without a word to mask"

Choice = tuple[float, tuple[str, ...]]
"""log p of some words together, and the words."""


@final
@dataclass(frozen=True, slots=True)
class MaskedWords(Head):
    """The words under masks: softmax over the vocabulary at each."""

    @property
    def closed(self) -> bool:
        """Words are open: what is said is as likely as the network finds it."""
        return False

    @property
    def in_place(self) -> bool:
        """A word is read at its mask."""
        return True

    @property
    def insertable(self) -> Sequence[int]:
        """Any token may be put in the place of another."""
        return [mask_id(self.tokenizer), *ordinary(self.tokenizer)]

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """The text with the tokenizer's mask in the place of each; `positions` are the masks, `start` counts those before.

        A text longer than the model makes a window for each mask.
        """
        filled, _ = _filled(self.framing, record, [str(self.tokenizer.mask_token)] * len(self.framing.masks(record)))
        ids, mask = token_ids(self.tokenizer, filled), mask_id(self.tokenizer)
        masks = [k for k, token in enumerate(ids) if token == mask]
        if not masks:
            lost.add("texts without a mask", record.id)
        before, after = frame(self.tokenizer)
        room = self.max_length - len(before) - len(after)
        if len(ids) <= room:
            return [self._framed(ids, tuple(masks))]
        windows = [self._around(ids, mask, room, k) for k, mask in enumerate(masks)]
        return by_policy(self, record, len(ids), room, windows or [self._framed(ids[:room], ())], lost)

    def _framed(self, ids: list[int], positions: tuple[int, ...], start: int = 0, units: Units = ()) -> Features:
        before, after = frame(self.tokenizer)
        by = len(before)
        moved = tuple((first + by, end + by) for first, end in units)
        return Features({"input_ids": [*before, *ids, *after]}, tuple(k + by for k in positions), start=start, units=moved)

    def _around(self, ids: list[int], mask: int, room: int, number: int) -> Features:
        first = max(0, min(mask - room // 2, len(ids) - room))
        return self._framed(ids[first : first + room], (mask - first,), number)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """The words under the masks or, where the text has none, windows of it with masks by chance, always the same.

        Nothing, and counted, where a word under a mask is no single token, or there is no word to mask.
        """
        if self.framing.masks(record):
            return self._given(record, lost)
        whole = [f for f in self._windows(record, lost) if f.units]
        if not whole:
            lost.add(NO_WORD, record.id)
        return [self._masked(f, Random(f"{f.inputs['input_ids']}")) for f in whole]

    def _given(self, record: Record, lost: Lost) -> list[Features]:
        said = self._said(record)
        if said is None:
            lost.add(UNFIT, record.id)
            return []
        return [replace(f, targets=said[f.start : f.start + len(f.positions)]) for f in self.encode(record, lost)]

    def _said(self, record: Record) -> tuple[int, ...] | None:
        """The tokens under the masks, as the tokenizer makes them of the words in their places; `None` where one takes more."""
        filled, places = _filled(self.framing, record, self.framing.write(record))
        read = self.tokenizer(filled, add_special_tokens=False, return_offsets_mapping=True)
        found = units_of(read["offset_mapping"], places)
        alone = len(found) == len(places) and all(end - first == 1 for first, end in found)
        return tuple(read["input_ids"][first] for first, _ in found) if alone else None

    def _windows(self, record: Record, lost: Lost) -> list[Features]:
        """All of the text in windows of one size, cut between words, with what may be masked in each."""
        read = self.tokenizer(self.framing.text(record), add_special_tokens=False, return_offsets_mapping=True)
        ids, special = list(read["input_ids"]), {*self.tokenizer.all_special_ids}
        units = without(units_of(read["offset_mapping"], self.framing.words(record)), ids, special)
        room = self.max_length - self.tokenizer.num_special_tokens_to_add()
        windows = []
        for first, last in cuts(len(ids), units, room):
            within = units[bisect_left(units, (first, 0)) : bisect_left(units, (last, 0))]
            inside = tuple((a - first, b - first) for a, b in within if b <= last)
            windows.append(self._framed(ids[first:last], (), first, inside))
        return windows if len(windows) == 1 else by_policy(self, record, len(ids), room, windows, lost)

    def _masked(self, features: Features, chance: Random) -> Features:
        return masked(features, chance, mask_id(self.tokenizer), ordinary(self.tokenizer))

    def drawn(self, features: Features, chance: Random) -> Features:
        """The text with other words masked; the record's own masks stay."""
        return self._masked(unmasked(features), chance) if features.units else features

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log softmax at each masked token, (B, S)."""
        return log_p_of(said_at(net, batch).logits, batch["targets"])

    def told(self, net: PreTrainedModel, batch: Batch) -> list[Counts]:
        """Of each feature, `nats` and how many of its masked tokens are the network's first choice, `right`."""
        logits, mask = said_at(net, batch).logits, batch["mask"]
        nats = -(log_p_of(logits, batch["targets"]) * mask).sum(1)
        right = ((logits.argmax(-1) == batch["targets"]) * mask).sum(1)
        return [{"nats": n, "right": r} for n, r in zip(nats.tolist(), right.tolist(), strict=True)]

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """(masks before, tokens (masks, n), their log p (masks, n)) of each feature, the most probable first."""
        batch = on(net, self.collate([replace(f, targets=()) for f in features]))
        places = padded([f.positions or (0,) for f in features], 0).to(net.device)
        log_p = said_at(net, {**batch, "positions": places}).logits.float().log_softmax(-1)
        best, tokens = (part.cpu().numpy() for part in log_p.topk(min(self.recipe.decoding.n_best, log_p.size(-1))))
        return [(f.start, tokens[k, : len(f.positions)], best[k, : len(f.positions)]) for k, f in enumerate(features)]

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The most probable word under each mask, and the next best of all masks together; "" under a mask that was cut off.

        `score` is the probability of all the words, `scores` are those of each.
        """
        places = self.framing.masks(record)
        ranked: list[list[Choice]] = [[(0.0, ("",))] for _ in places]
        for start, tokens, log_p in raws:
            for k, (those, likely) in enumerate(zip(tokens.tolist(), log_p.tolist(), strict=True), start):
                ranked[k] = [(value, (self._word(token),)) for token, value in zip(those, likely, strict=True)]
        best, *others = (
            (self.framing.read(record, words, self.labels), float(np.exp(log_p)))
            for log_p, words in together(ranked, self.recipe.decoding.n_best)
        )
        return Scored(*best, tuple(float(np.exp(each[0][0])) for each in ranked), others=tuple(others))

    def _word(self, token: int) -> str:
        return str(self.tokenizer.decode([token])).strip()

    def ceiling(self, record: Record) -> Answer:
        """The words, where each is a single token."""
        answer: Answer = record.answer
        return answer if self._said(record) is not None else None


def _filled(framing: Mask[Any], record: Record, words: Sequence[str]) -> tuple[str, Words]:
    """The text with words in the places of its masks, and where they stand in it."""
    text, filled, done = framing.text(record), "", 0
    places = []
    for (start, end), word in zip(framing.masks(record), words, strict=True):
        filled += text[done:start] + word
        places.append((len(filled) - len(word), len(filled)))
        done = end
    return filled + text[done:], tuple(places)


def said_at(net: PreTrainedModel, batch: Batch) -> Any:
    """What the network says, with logits at `positions` (B, S) alone: (B, S, V).

    The layers between the body of a network and its logits look at one token at a time. They are given only the hidden states
    that something is asked of: a seventh of a text's, and its logits take more than its body.
    """
    body: Any = net.base_model
    if body is net or net.base_model_prefix not in net._modules:
        whole = run(net, batch)
        return type(whole)(**{**whole, **{name: at(whole[name], batch["positions"]) for name in whole if name in _LOGITS}})
    out = body(**asked(batch))
    hidden, pooled = at(out.last_hidden_state, batch["positions"]), getattr(out, "pooler_output", None)
    top, given = copy(net), copy(body)
    given.forward = lambda *_, **__: BaseModelOutputWithPooling(last_hidden_state=hidden, pooler_output=pooled)
    top._modules = {**net._modules, net.base_model_prefix: given}
    return top(batch["input_ids"])


_LOGITS = ("logits", "prediction_logits")  # of words


def cuts(length: int, units: Units, room: int) -> Iterator[tuple[int, int]]:
    """(first, last + 1) of as few windows over `length` tokens as there is room for, about equally long, not inside a unit.

    A unit that no window has room for is cut.
    """
    size = -(-length // max(1, -(-length // room)))
    inside = {at: first for first, end in units for at in range(first + 1, end)}
    first = 0
    while True:
        last = min(first + size, length)
        last = start if (start := inside.get(last, last)) > first else last
        yield first, last
        if last >= length:
            return
        first = last


def together(ranked: Sequence[Sequence[Choice]], count: int) -> list[Choice]:
    """The `count` most probable choices of one from each list, best first: they are independent, and their log p adds up."""
    best: list[Choice] = [(0.0, ())]
    for choices in ranked:
        joined = ((log_p + more, (*words, *word)) for log_p, words in best for more, word in choices)
        best = heapq.nlargest(count, joined, key=lambda choice: choice[0])
    return best
