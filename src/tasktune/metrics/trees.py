"""Attachment scores of dependency trees, as conll18_ud_eval counts them (Zeman et al. 2018, CoNLL shared task).

A word is right by its place in the text, its head by the head's place: where answer and gold have the same words, UAS, LAS and
UPOS are plain accuracies. Relations count without their subtypes (`nsubj:pass` is `nsubj`). An answer of `None` says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tasktune.answers import Dependency
from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import by_name, count

CONTENT = frozenset(
    {
        *("nsubj", "obj", "iobj", "csubj", "ccomp", "xcomp", "obl", "vocative", "expl", "dislocated", "advcl", "advmod"),
        *("discourse", "nmod", "appos", "nummod", "acl", "amod", "conj", "fixed", "flat", "compound", "list", "parataxis"),
        *("orphan", "goeswith", "reparandum", "root", "dep"),
    }
)
"""The relations that CLAS counts: those of content words (Nivre & Fang 2017)."""

Tree = tuple[Dependency, ...]


def _claims(tree: Tree) -> Iterator[tuple[Any, ...]]:
    """What a tree says, each claim under the name of the score that counts it."""
    places = [None, *((word.start, word.end) for word in tree)]
    for word in tree:
        place, head, relation = (word.start, word.end), places[word.head], word.label.split(":")[0]
        yield "uas", place, head
        yield "las", place, head, relation
        if relation in CONTENT:
            yield "clas", place, head, relation
        if word.tag:
            yield "upos", place, word.tag


def _score_name(claim: tuple[Any, ...]) -> str:
    return str(claim[0])


def _count(record: Any, answer: Tree | None) -> Counts:
    return count(list(_claims(record.answer)), list(_claims(answer or ())), name=_score_name)


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    found = by_name(sums)
    return {name: found[name].f1 for name in ("las", "uas", "clas", "upos") if name in found}


attachment: Metric[Any] = Metric("attachment", "las", _count, _score)
"""las, uas, clas and (where tags are given) upos, each the F1 of conll18_ud_eval."""
