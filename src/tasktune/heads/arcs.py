"""`Arcs` on an encoder: the best tree over the words of a sentence, with a relation and a tag for each.

Each sentence of a text is read by itself. One too long for the model is read in windows that do not overlap, each a tree of its
own; the roots of the later ones are hung under the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, final

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedModel

from tasktune.answers import Answer, Words
from tasktune.core import Lost, Record
from tasktune.framings import Arc, relations_and_tags
from tasktune.heads.base import FORBIDDEN, Head, Raw, Scored, geometric_mean
from tasktune.heads.features import Batch, Features, log_p_of, on, padded
from tasktune.heads.spanning import best_projective_tree, best_tree
from tasktune.heads.words import sentence_windows
from tasktune.notations.trees import ROOT, UNKNOWN

_PARTS = 3  # targets of a word: its head, its relation, its tag


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree of one window: for each of its words an arc within the window, and the arc's probability."""

    arcs: tuple[Arc, ...]
    scores: tuple[float, ...]


@final
@dataclass(frozen=True, slots=True)
class BestTree(Head):
    """A head, a relation and a tag for each word.

    The heads are the maximum spanning tree with one root, of those without crossing arcs where the recipe says so.
    """

    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """Windows over the record's words; `positions` are the words' first sub-words, `start` counts the words before."""
        return _apart(sentence_windows(self, record, self.framing.sentences(record), lost))

    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """The windows with head, relation and tag of each word; a word whose head is in another window hangs under the root."""
        relations, tags = relations_and_tags(self.labels)
        arcs = self.framing.write(record)
        windows = []
        for f in self.encode(record, lost):
            here = arcs[f.start : f.start + len(f.positions)]
            said = [(_within(head, f), relations.index(relation), tags.index(tag)) for head, relation, tag in here]
            windows.append(replace(f, targets=tuple(chain.from_iterable(said))))
        return windows

    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log p of each word's head, its relation given the head, and its tag, (B, 3 W) in turn."""
        heads, relations, tags = (batch["targets"][:, part::_PARTS] for part in range(_PARTS))
        known = batch["mask"][:, ::_PARTS].bool()
        network: Any = net
        parse, of_head = network(batch["input_ids"], batch["attention_mask"], batch["positions"], heads)
        parts = (
            log_p_of(_words_only(parse.arcs, known), heads),
            log_p_of(of_head, relations),
            log_p_of(parse.tags, tags),
        )
        return torch.stack(parts, -1).flatten(1).masked_fill(batch["mask"] == 0, 0.0)

    def _root(self) -> int | None:
        """The class of the root's relation."""
        relations, _ = relations_and_tags(self.labels)
        return relations.index(ROOT) if ROOT in relations and len(relations) > 1 else None

    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """(number of words before, `Parsed`) of each feature."""
        network: Any = net
        asked = on(net, self.collate([replace(f, targets=()) for f in features]))
        positions = padded([f.positions or (0,) for f in features], 0).to(net.device)
        known = padded([[1] * len(f.positions) or [0] for f in features], 0).bool().to(net.device)
        parse = network(asked["input_ids"], asked["attention_mask"], positions)
        arcs = _words_only(parse.arcs.float(), known).log_softmax(-1)
        trees = [self._tree(scores, len(f.positions)) for scores, f in zip(arcs.cpu().numpy(), features, strict=True)]
        heads = padded([tree or [0] for tree in trees], 0).to(net.device)
        related = _rooted(network.relations(parse, heads).float(), heads, self._root()).log_softmax(-1)
        tagged = parse.tags.float().log_softmax(-1)
        at_head = arcs.gather(-1, heads.unsqueeze(-1)).squeeze(-1)
        best = [(*part.max(-1),) for part in (related, tagged)]
        log_p = (at_head + best[0][0]).exp().cpu().numpy()
        return [
            (f.start, self._parsed(tree, best[0][1][k].tolist(), best[1][1][k].tolist(), log_p[k]))
            for k, (f, tree) in enumerate(zip(features, trees, strict=True))
        ]

    def _tree(self, scores: np.ndarray[Any, Any], words: int) -> list[int]:
        square = np.full((words + 1, words + 1), FORBIDDEN)
        square[1:] = scores[:words, : words + 1]
        return (best_projective_tree if self.recipe.projective else best_tree)(square)

    def _parsed(self, heads: list[int], related: list[int], tagged: list[int], scores: np.ndarray[Any, Any]) -> Parsed:
        relations, tags = relations_and_tags(self.labels)
        said = zip(heads, related, tagged, strict=False)
        arcs = tuple((head, relations[relation], tags[tag]) for head, relation, tag in said)
        return Parsed(arcs, tuple(float(score) for score in scores[: len(heads)]))

    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The windows' trees as one a sentence. `score` is the geometric mean of the words' probabilities, each its arc's and
        relation's.
        """
        arcs, scores = _joined(self.framing.sentences(record), raws)
        whole = geometric_mean(scores) if scores else 1.0
        return Scored(self.framing.read(record, arcs, self.labels), whole, scores)

    def ceiling(self, record: Record) -> Answer:
        """The answer read back from the arcs, without what training data did not show and what crosses windows."""
        relations, tags = relations_and_tags(self.labels)
        arcs = self.framing.write(record)
        raws = []
        for f in self.encode(record, Lost()):
            here = arcs[f.start : f.start + len(f.positions)]
            said = [(_within(h, f), r if r in relations else UNKNOWN, t if t in tags else "") for h, r, t in here]
            raws.append((f.start, Parsed(tuple(said), (1.0,) * len(said))))
        answer: Answer = self.framing.read(record, _joined(self.framing.sentences(record), raws)[0], self.labels)
        return answer


def _apart(windows: list[Features]) -> list[Features]:
    """Windows without the words that the one before has already."""
    done, apart = 0, []
    for f in windows:
        seen = max(0, done - f.start)
        apart.append(replace(f, positions=f.positions[seen:], start=f.start + seen))
        done = f.start + len(f.positions)
    return apart


def _within(head: int, window: Features) -> int:
    """The number of a head among the words of a window; 0 where it is in another."""
    inside = head - window.start
    return inside if 0 < inside <= len(window.positions) and head else 0


def _words_only(arcs: Tensor, known: Tensor) -> Tensor:
    """Scores of heads (B, W, W + 1) with those that are padding or the word itself out of the question."""
    there = torch.cat([torch.ones_like(known[:, :1]), known], 1).unsqueeze(1)
    itself = torch.eye(known.size(1), dtype=torch.bool, device=known.device)
    itself = torch.cat([torch.zeros_like(itself[:, :1]), itself], 1)
    return arcs.masked_fill(~there | itself, FORBIDDEN)


def _rooted(relations: Tensor, heads: Tensor, root: int | None) -> Tensor:
    """Scores of relations (B, W, R) under the rule that the root's relation is that of the words with head 0, and theirs only."""
    if root is None:
        return relations
    its = torch.zeros(relations.size(-1), dtype=torch.bool, device=relations.device)
    its[root] = True
    return relations.masked_fill((heads == 0).unsqueeze(-1) != its, FORBIDDEN)


def _joined(sentences: Words, raws: Sequence[tuple[int, Parsed]]) -> tuple[tuple[Arc, ...], tuple[float, ...]]:
    """The arcs of windows as those of one tree a sentence; words that no window held hang under its root, too."""
    arcs: list[Arc] = [(0, UNKNOWN, "")] * (sentences[-1][1] if sentences else 0)
    scores = [0.0] * len(arcs)
    for start, window in raws:
        for k, ((head, relation, tag), score) in enumerate(zip(window.arcs, window.scores, strict=True), start):
            arcs[k], scores[k] = (head and head + start, relation, tag), score
    for first, last in sentences:
        root, *hung = (k for k in range(first, last) if arcs[k][0] == 0)
        for k in hung:
            arcs[k] = (root + 1, UNKNOWN, arcs[k][2])
    return tuple(arcs), tuple(scores)
