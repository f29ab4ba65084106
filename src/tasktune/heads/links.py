"""`Links` on an encoder: spans over words, found by a tag for each word, and labelled links between them.

A link is scored between the last words of its spans (Bekoulis et al. 2018); the text's first token stands for an end that is
nowhere. log p is that of the tags, of every two places being linked or not, and of the label of each link.

A text too long for the model is read in windows that overlap; what is linked stands together in one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product as pairs_of
from typing import Any, final

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, pad
from transformers import PreTrainedModel

from tasktune.core import Answer, Lost, Record, Span, Words
from tasktune.framings import Graph, Labels, relations_and_tags
from tasktune.heads.base import UNSAYABLE, Batch, Features, Head, Raw, Scored, Units, log_p_of, on, padded, places, softmax
from tasktune.heads.tags import best_path, merged, product, transitions
from tasktune.heads.words import word_windows
from tasktune.notations import bio

_PARTS = 3  # targets of a link: its source, its target, its label

ACROSS = "links between what stands too far apart"

Ends = tuple[int, int]
"""The places of a link: the numbers of words, from 1, or 0 for nowhere."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of two places: how probable a link between them is, its best label, and how probable that is of one."""

    linked: float
    label: str
    of_label: float

    @property
    def score(self) -> float:
        """The probability of what is answered: this link, or none."""
        return self.linked * self.of_label if self.linked > 0.5 else 1 - self.linked


@dataclass(frozen=True, slots=True)
class Window:
    """What the network said of one window: log-probabilities of its words' tags (W, P), and of the places that may be linked."""

    start: int
    tags: np.ndarray[Any, Any]
    verdicts: Mapping[Ends, Verdict]


@final
@dataclass(frozen=True, slots=True)
class LinkedSpans(Head):
    """Spans by a tag a word, and for each two of them whether and how they are linked. A "unit" is a word."""

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """Windows over the record's words; `positions` are the words' first sub-words, `start` counts the words before."""
        return word_windows(self, record, lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """The windows with the number of their words, the tag of each, and the ends and the label of each link in them."""
        if unsaid := self.unsayable(record):
            lost.add(UNSAYABLE, record.id, unsaid)
        labels, _ = relations_and_tags(self.labels)
        spans, links = graph = self.framing.write(record)
        tags = places(self._tags, bio.tags_of(len(self.framing.words(record)), spans)).tolist()
        windows, apart = self.encode(record, lost), set(links)
        for k, f in enumerate(windows):
            inside = {link: ends for link in links if (ends := _within(_ends(graph, link), f)) is not None}
            apart -= inside.keys()
            said = [part for link, ends in inside.items() for part in (*ends, labels.index(link[-1]))]
            own = tags[f.start : f.start + len(f.positions)]
            windows[k] = replace(f, targets=(len(own), *own, *said) if own else ())
        if windows and apart:
            lost.add(ACROSS, record.id, len(apart))
        return windows

    def unsayable(self, record: Record) -> int:
        """Spans that do not begin and end with a word, or overlap one before; links between such; second links of a pair."""
        return int(self.framing.lost(record))

    @property
    def _tags(self) -> Labels:
        """The tags that say where spans of the known kinds are."""
        _, kinds = relations_and_tags(self.labels)
        return bio.inventory(f"B-{kind}" for kind in kinds)

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log p of what the targets say, (B, S).

        At a word's tag it is that of the tag and of all that the word is or is not linked to, at the number of words before them
        that of what nowhere is linked to, and at a link's label that of the label.
        """
        network: Any = net
        targets, positions = batch["targets"], batch["positions"]
        said = network(batch["input_ids"], batch["attention_mask"], positions)
        known = torch.arange(positions.size(1), device=targets.device) < targets[:, :1]
        there = pad(known, (1, 0), value=True)
        tags = log_p_of(said.tags, targets[:, 1 : 1 + positions.size(1)].masked_fill(~known, 0)).masked_fill(~known, 0.0)
        text, slot, source, target, label = _links_of(batch)
        linked = torch.zeros_like(said.links, dtype=torch.bool)
        linked[text, source, target] = True
        odds = said.links.float()
        rows = logsigmoid(torch.where(linked, odds, -odds)).masked_fill(~there.unsqueeze(1) | ~there.unsqueeze(2), 0.0).sum(-1)
        log_p = pad(pad(tags, (1, 0)) + rows, (0, targets.size(1) - there.size(1)))
        return log_p.index_put((text, slot), log_p_of(network.labels(said, text, source, target), label), accumulate=True)

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """A `Window` for each feature."""
        network: Any = net
        asked = on(net, self.collate([replace(f, targets=()) for f in features]))
        said = network(
            asked["input_ids"], asked["attention_mask"], padded([f.positions or (0,) for f in features], 0).to(net.device)
        )
        log_p = said.tags.float().log_softmax(-1).cpu().numpy()
        tags = [each[: len(f.positions)] for each, f in zip(log_p, features, strict=True)]
        ends = [(k, *pair) for k, window in enumerate(tags) for pair in self._possible(self._spans(window))]
        verdicts: list[dict[Ends, Verdict]] = [{} for _ in features]
        for (k, *pair), verdict in zip(ends, self._verdicts(network, said, ends), strict=True):
            source, target = (place and place + features[k].start for place in pair)
            verdicts[k][source, target] = verdict
        return [Window(f.start, *found) for f, *found in zip(features, tags, verdicts, strict=True)]

    def _spans(self, log_p: np.ndarray[Any, Any]) -> list[bio.WordSpan]:
        """The most probable spans, given log-probabilities of tags (W, P)."""
        best = best_path(log_p, transitions(bio.follows, self._tags)) if len(log_p) else ()
        return bio.spans_of([self._tags[k] for k in best])

    def _possible(self, spans: Sequence[bio.WordSpan]) -> list[Ends]:
        """The places of the two spans of each link that there may be."""
        labels, _ = relations_and_tags(self.labels)
        ends = [(0, ""), *((last, kind) for _, last, kind in spans)]
        pairs = pairs_of(ends, ends) if labels else ()
        return [(source, target) for (source, a), (target, b) in pairs if self.framing.joins(a, b)]

    def _verdicts(self, network: Any, said: Any, ends: Sequence[tuple[int, ...]]) -> list[Verdict]:
        labels, _ = relations_and_tags(self.labels)
        at = torch.tensor(ends, dtype=torch.long, device=said.links.device).view(-1, 3).unbind(1)
        linked = said.links[at].float().sigmoid().tolist()
        best = network.labels(said, *at).float().softmax(-1).max(-1)
        return [Verdict(p, labels[k], q) for p, k, q in zip(linked, best.indices.tolist(), best.values.tolist(), strict=True)]

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The most probable spans and the links between them.

        `score` is the geometric mean of the probabilities of the words' tags and of what is said of each two spans; a span's is
        the product of its words', a link's that of both its spans and its own.
        """
        words: Words = self.framing.words(record)
        if not words:
            return Scored(self.framing.read(record, ((), ()), self.labels), 1.0)
        log_p, read = self._merged(len(words), raws)
        probabilities = softmax(log_p, self.calibration.temperature)
        best = best_path(log_p, transitions(bio.follows, self._tags))
        chosen = np.where(read, probabilities[np.arange(len(best)), best], 0.0)
        spans = bio.spans_of([self._tags[k] for k in best])
        known = {ends: verdict for window in reversed(raws) for ends, verdict in window.verdicts.items()}
        verdicts = {ends: known[ends] for ends in self._possible(spans) if ends in known}
        answer = self.framing.read(record, (tuple(spans), _linked(spans, verdicts)), self.labels)
        parts = [*chosen[read], *(verdict.score for verdict in verdicts.values())]
        score = float(np.exp(np.log(np.clip(parts, 1e-30, None)).mean()))
        return Scored(answer, score, tuple(_probability(part, words, chosen, verdicts) for part in answer))

    def _merged(self, words: int, raws: Sequence[Window]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        return merged(words, [(window.start, window.tags) for window in raws], len(self._tags), self._tags.index("O"))

    def units(self, record: Record, raws: Sequence[Raw]) -> Units:
        """A choice among P tags for each word that was read."""
        words = len(self.framing.words(record))
        log_p, read = self._merged(words, raws)
        return Units(log_p[read], places(self._tags, bio.tags_of(words, self.framing.write(record)[0]))[read])

    def ceiling(self, record: Record) -> Answer:
        """The answer read back from its spans and links, without what training data did not show and what no window holds."""
        labels, kinds = relations_and_tags(self.labels)
        spans, links = graph = self.framing.write(record)
        windows = self.encode(record, Lost())
        kept = [
            k
            for k, (first, last, kind) in enumerate(spans, 1)
            if kind in kinds and any(f.start <= first and last <= f.start + len(f.positions) for f in windows)
        ]
        number = {0: 0, **{k: n for n, k in enumerate(kept, 1)}}
        held = [
            (number[source], number[target], label)
            for source, target, label in links
            if source in number and target in number and label in labels
            if any(_within(_ends(graph, (source, target, label)), f) is not None for f in windows)
        ]
        answer: Answer = self.framing.read(record, (tuple(spans[k - 1] for k in kept), tuple(held)), self.labels)
        return answer


def _ends(graph: Graph, link: tuple[int, int, str]) -> Ends:
    """The places of a link: the last words of its spans."""
    source, target, _ = link
    lasts = [0, *(last for _, last, _ in graph[0])]
    return lasts[source], lasts[target]


def _within(ends: Ends, window: Features) -> Ends | None:
    """The places of a link as a window counts them; `None` where one is in another."""
    inside = tuple(place and place - window.start for place in ends)
    held = all(0 <= at <= len(window.positions) and bool(at) == bool(place) for at, place in zip(inside, ends, strict=True))
    return (inside[0], inside[1]) if held else None


def _links_of(batch: Batch) -> tuple[Tensor, ...]:
    """The links that a batch's targets say, (L,) each: number of the text, slot of the label, source, target, label."""
    rows = zip(batch["targets"].tolist(), batch["mask"].sum(1).long().tolist(), strict=True)
    links = [
        (text, k + _PARTS - 1, *row[k : k + _PARTS])
        for text, (row, length) in enumerate(rows)
        for k in range(1 + row[0], length, _PARTS)
    ]
    found = torch.tensor(links, dtype=torch.long, device=batch["targets"].device)
    return found.view(-1, 2 + _PARTS).unbind(1)


def _linked(spans: Sequence[bio.WordSpan], verdicts: Mapping[Ends, Verdict]) -> tuple[tuple[int, int, str], ...]:
    """The links that are more probable than none, by the numbers of spans."""
    number = {0: 0, **{last: k for k, (_, last, _) in enumerate(spans, 1)}}
    return tuple((number[a], number[b], verdict.label) for (a, b), verdict in verdicts.items() if verdict.linked > 0.5)


def _probability(part: Any, words: Words, chosen: np.ndarray[Any, Any], verdicts: Mapping[Ends, Verdict]) -> float:
    """The probability of a span or a link of an answer."""
    if isinstance(part, Span):
        return product(part, words, chosen)
    number = {end: k for k, (_, end) in enumerate(words, 1)}
    spans = [end for end in (part.source, part.target) if end is not None]
    ends = [0 if end is None else number[end.end] for end in (part.source, part.target)]
    own = verdicts[ends[0], ends[1]].score
    return own * float(np.prod([product(span, words, chosen) for span in spans]))
