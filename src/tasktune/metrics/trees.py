"""Attachment scores of dependency trees, as conll18_ud_eval counts them (Zeman et al. 2018, CoNLL shared task).

Words of the answer are those of the gold by their characters (`metrics.aligned_words`), and a head is right where it is the same
word: where answer and gold have the same words, UAS, LAS and UPOS are plain accuracies. Relations count without their subtypes
(`nsubj:pass` is `nsubj`). An answer of `None` says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasktune.answers import Dependency
from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import by_name, count
from tasktune.metrics.aligned_words import aligned

CONTENT = frozenset(
    {
        *("nsubj", "obj", "iobj", "csubj", "ccomp", "xcomp", "obl", "vocative", "expl", "dislocated", "advcl", "advmod"),
        *("discourse", "nmod", "appos", "nummod", "acl", "amod", "conj", "fixed", "flat", "compound", "list", "parataxis"),
        *("orphan", "goeswith", "reparandum", "root", "dep"),
    }
)
"""The relations that CLAS counts: those of content words (Nivre & Fang 2017)."""

Tree = tuple[Dependency, ...]


def _claims(tree: Tree, names: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """What a tree says, each claim under the name of the score that counts it. `names` are what its words are called."""
    named = [None, *names]
    for word, name in zip(tree, names, strict=True):
        head, relation = named[word.head], word.label.split(":")[0]
        yield "uas", name, head
        yield "las", name, head, relation
        if relation in CONTENT:
            yield "clas", name, head, relation
        if word.tag:
            yield "upos", name, word.tag


def _score_name(claim: tuple[Any, ...]) -> str:
    return str(claim[0])


def _count(record: Any, answer: Tree | None) -> Counts:
    gold, said = record.answer, answer or ()
    same = aligned(record.text, gold, said)
    names = [same.get(k, len(gold) + k) for k in range(len(said))]
    return count([*_claims(gold, range(len(gold)))], [*_claims(said, names)], name=_score_name)


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    found = by_name(sums)
    return {name: found[name].f1 for name in ("las", "uas", "clas", "upos") if name in found}


attachment: Metric[Any] = Metric("attachment", "las", _count, _score)
"""las, uas, clas and (where tags are given) upos, each the F1 of conll18_ud_eval."""
