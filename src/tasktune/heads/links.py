"""`Links` on an encoder: spans over words, found by a tag for each word, and labelled links between them.

Given the spans, every two whose kinds may be linked are, or are not, with one of the labels; the text's first token stands for an
end that is nowhere. log p of an answer is that of its tags and of what it says of each two of its spans, and both are learnt
together, the links between the right spans. To answer, spans are found first, and linked then.

A text too long for the model is read in windows that overlap; what is linked stands together in one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product as pairs_of
from typing import Any, final

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad
from transformers import PreTrainedModel

from tasktune.answers import Answer, Span, Words
from tasktune.core import Lost, Record
from tasktune.framings import Graph, Labels, relations_and_tags
from tasktune.heads.base import UNSAYABLE, Head, Raw, Scored, Units, geometric_mean, places, softmax
from tasktune.heads.features import Batch, Features, log_p_of, on, padded
from tasktune.heads.tags import best_path, merged, product, transitions
from tasktune.heads.words import word_windows
from tasktune.notations import bio

ACROSS = "links between what stands too far apart"

End = tuple[int, int, str]
"""A span that may be linked: the numbers, from 1, of its first and its last word, and its kind."""

NOWHERE: End = (0, 0, "")

_PARTS = 5
"""Targets of two spans: the first and the last word of either, and the class, 0 for no link or that of the label, from 1."""


_BLOCK = 1024
"""Pairs of spans that are scored at a time: so many take 25 MB with 60 labels, and a text of nothing but spans has a million."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of two spans: how probable a link between them is, its best label, and how probable they are so linked."""

    linked: float
    label: str
    labelled: float

    @property
    def score(self) -> float:
        """The probability of what is answered: this link, or none."""
        return self.labelled if self.linked > 0.5 else 1 - self.linked


Pair = tuple[End, End]
Verdicts = Mapping[Pair, Verdict]


@dataclass(frozen=True, slots=True)
class Window:
    """What the network said of one window: log-probabilities of its words' tags (W, P), and of the spans found in it."""

    start: int
    tags: np.ndarray[Any, Any]
    verdicts: Verdicts


@final
@dataclass(frozen=True, slots=True)
class LinkedSpans(Head):
    """Spans by a tag a word, and for each two of them whether and how they are linked. A "unit" is a word."""

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """Windows over the record's words; `positions` are the words' first sub-words, `start` counts the words before."""
        return word_windows(self, record, lost)

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """The windows with the number of their words, the tag of each, and what is said of each two spans in them."""
        if unsaid := self.unsayable(record):
            lost.add(UNSAYABLE, record.id, unsaid)
        graph = self.framing.write(record)
        tags = places(self._tags, bio.tags_of(len(self.framing.words(record)), graph[0])).tolist()
        windows = self.encode(record, lost)
        if windows and (apart := len(graph[1]) - len(set().union(*(_held(graph, f) for f in windows)))):
            lost.add(ACROSS, record.id, apart)
        return [replace(f, targets=self._targets(f, tags, graph)) for f in windows]

    def _targets(self, window: Features, tags: list[int], graph: Graph) -> tuple[int, ...]:
        """What a window says, given the tags of all words; nothing of no words."""
        labels, _ = relations_and_tags(self.labels)
        own = tags[window.start : window.start + len(window.positions)]
        links = {pair: 1 + labels.index(label) for pair, label in _held(graph, window).items()}
        spans = [end for end in _ends(graph[0]) if _inside(end, window)]
        pairs = [(pair, links.get(pair, 0)) for pair in self._possible(spans)]
        said = [
            part
            for pair, found in pairs
            for part in (*(place and place - window.start for end in pair for place in end[:2]), found)
        ]
        return (len(own), *own, *said) if own else ()

    def _possible(self, spans: Iterable[End]) -> list[Pair]:
        """Each two spans, nowhere among them, that may be linked."""
        ends = [NOWHERE, *spans]
        return [(source, target) for source, target in pairs_of(ends, ends) if self.framing.joins(source[-1], target[-1])]

    def unsayable(self, record: Record) -> int:
        """Spans that do not begin and end with a word, or overlap one before; links between such; second links of a pair."""
        return int(self.framing.lost(record))

    @property
    def _tags(self) -> Labels:
        """The tags that say where spans of the known kinds are; those with which they begin come first, in the kinds' order."""
        _, kinds = relations_and_tags(self.labels)
        return bio.inventory(f"B-{kind}" for kind in kinds)

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log p of what the targets say, (B, S): of each word's tag, and of each two spans at their class."""
        network: Any = net
        targets, positions = batch["targets"], batch["positions"]
        said = network(batch["input_ids"], batch["attention_mask"], positions)
        known = torch.arange(positions.size(1), device=targets.device) < targets[:, :1]
        tags = targets[:, 1 : 1 + positions.size(1)].masked_fill(~known, 0)
        log_p = pad(log_p_of(said.tags, tags).masked_fill(~known, 0.0), (1, targets.size(1) - 1 - positions.size(1)))
        text, slot, *ends, found = _pairs_of(batch)
        spans = (torch.stack([*end, _kind(targets, text, end[0])], 1) for end in (ends[:2], ends[2:]))
        return log_p.index_put((text, slot), log_p_of(network.links(said, text, *spans), found))

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """A `Window` for each feature."""
        network: Any = net
        asked = on(net, self.collate([replace(f, targets=()) for f in features]))
        said = network(
            asked["input_ids"], asked["attention_mask"], padded([f.positions or (0,) for f in features], 0).to(net.device)
        )
        log_p = said.tags.float().log_softmax(-1).cpu().numpy()
        tags = [each[: len(f.positions)] for each, f in zip(log_p, features, strict=True)]
        pairs = [(k, pair) for k, window in enumerate(tags) for pair in self._possible(self._spans(window))]
        verdicts: list[dict[Pair, Verdict]] = [{} for _ in features]
        for (k, (source, target)), verdict in zip(pairs, self._verdicts(network, said, pairs), strict=True):
            verdicts[k][_moved(source, features[k].start), _moved(target, features[k].start)] = verdict
        return [Window(f.start, *found) for f, *found in zip(features, tags, verdicts, strict=True)]

    def _spans(self, log_p: np.ndarray[Any, Any]) -> list[End]:
        """The most probable spans, given log-probabilities of tags (W, P)."""
        best = best_path(log_p, transitions(bio.follows, self._tags)) if len(log_p) else ()
        return _ends(bio.spans_of([self._tags[k] for k in best]))

    def _verdicts(self, network: Any, said: Any, pairs: Sequence[tuple[int, Pair]]) -> list[Verdict]:
        labels, kinds = relations_and_tags(self.labels)
        if not labels:
            return [Verdict(0.0, "", 0.0) for _ in pairs]
        number = {"": 0, **{kind: k for k, kind in enumerate(kinds, 1)}}
        asked = [(k, *((first, last, number[kind]) for first, last, kind in pair)) for k, pair in pairs]
        blocks = [asked[at : at + _BLOCK] for at in range(0, len(asked), _BLOCK)]
        scores = [network.links(said, *_columns(block, said.places.device)) for block in blocks]
        odds = torch.cat(scores or [said.places.new_zeros(0, 1 + len(labels))]).float().softmax(-1)
        best = odds[:, 1:].max(-1)
        said_of = zip(odds[:, 0].tolist(), best.indices.tolist(), best.values.tolist(), strict=True)
        return [Verdict(1 - none, labels[k], p) for none, k, p in said_of]

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
        known = {pair: verdict for window in reversed(raws) for pair, verdict in window.verdicts.items()}
        verdicts = {pair: known[pair] for pair in self._possible(_ends(spans)) if pair in known}
        answer = self.framing.read(record, (tuple(spans), _linked(spans, verdicts)), self.labels)
        parts = [*chosen[read], *(verdict.score for verdict in verdicts.values())]
        score = geometric_mean(parts)
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
        held = set().union(*(_held(graph, f) for f in windows))
        ends = [NOWHERE, *_ends(spans)]
        kept = [k for k, end in enumerate(ends) if end[-1] in kinds and any(_inside(end, f) for f in windows)]
        number = {0: 0, **{k: n for n, k in enumerate(kept, 1)}}
        said = tuple(
            (number[source], number[target], label)
            for source, target, label in links
            if label in labels and source in number and target in number and (ends[source], ends[target]) in held
        )
        answer: Answer = self.framing.read(record, (tuple(spans[k - 1] for k in kept), said), self.labels)
        return answer


def _ends(spans: Iterable[bio.WordSpan]) -> list[End]:
    """Spans as what may be linked."""
    return [(first + 1, last, kind) for first, last, kind in spans]


def _inside(end: End, window: Features) -> bool:
    """Whether a window holds an end, as it does nowhere."""
    first, last, _ = end
    return end == NOWHERE or (window.start < first and last <= window.start + len(window.positions))


def _held(graph: Graph, window: Features) -> dict[Pair, str]:
    """The links of a graph that a window holds, by their ends, and their labels."""
    spans, links = graph
    ends = [NOWHERE, *_ends(spans)]
    pairs = (((ends[source], ends[target]), label) for source, target, label in links)
    return {pair: label for pair, label in pairs if all(_inside(end, window) for end in pair)}


def _moved(end: End, words: int) -> End:
    """An end so many words further on."""
    first, last, kind = end
    return end if end == NOWHERE else (first + words, last + words, kind)


def _pairs_of(batch: Batch) -> tuple[Tensor, ...]:
    """The pairs that a batch's targets are about, (L,) each: number of the text, slot of the class, and the parts."""
    rows = zip(batch["targets"].tolist(), batch["mask"].sum(1).long().tolist(), strict=True)
    pairs = [
        (text, k + _PARTS - 1, *row[k : k + _PARTS])
        for text, (row, length) in enumerate(rows)
        for k in range(1 + row[0], length, _PARTS)
    ]
    found = torch.tensor(pairs, dtype=torch.long, device=batch["targets"].device)
    return found.view(-1, 2 + _PARTS).unbind(1)


def _columns(pairs: Sequence[tuple[Any, ...]], device: torch.device) -> tuple[Tensor, ...]:
    """Numbers of texts (L,) and spans (L, 3) of pairs, the sources and the targets."""
    return tuple(torch.tensor(column, dtype=torch.long, device=device) for column in zip(*pairs, strict=True))


def _kind(targets: Tensor, text: Tensor, first: Tensor) -> Tensor:
    """The numbers of the kinds of spans, from 1, by the tags with which they begin; 0 for nowhere."""
    return torch.where(first > 0, targets[text, first] + 1, 0)


def _linked(spans: Sequence[bio.WordSpan], verdicts: Verdicts) -> tuple[tuple[int, int, str], ...]:
    """The links that are more probable than none, by the numbers of spans."""
    number = {NOWHERE: 0, **{end: k for k, end in enumerate(_ends(spans), 1)}}
    return tuple((number[a], number[b], verdict.label) for (a, b), verdict in verdicts.items() if verdict.linked > 0.5)


def _probability(part: Any, words: Words, chosen: np.ndarray[Any, Any], verdicts: Verdicts) -> float:
    """The probability of a span or a link of an answer."""
    if isinstance(part, Span):
        return product(part, words, chosen)
    starts, ends = ({place[side]: k for k, place in enumerate(words, 1)} for side in (0, 1))
    spans = (part.source, part.target)
    source, target = (NOWHERE if end is None else (starts[end.start], ends[end.end], end.label) for end in spans)
    return verdicts[source, target].score * float(np.prod([product(end, words, chosen) for end in spans if end is not None]))
