"""Scores of opinions and relations: a link is right if its label and both its ends are, to the character.

Each figure is a micro F1 over all records, as the authors of each data set count it; what is said twice counts once. An answer of
`None` says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tasktune.answers import Link, Linked, Span
from tasktune.core import Counts, Metric
from tasktune.metrics.agreement import Agreement, by_name, count

_Claims = Iterator[tuple[Any, ...]]
_WHOLE = "f1"


def _links(answer: Linked | None) -> Iterator[Link]:
    return (part for part in answer or () if isinstance(part, Link))


def _place(end: Span | None) -> tuple[int, int] | None:
    return None if end is None else (end.start, end.end)


def _name(claim: tuple[Any, ...]) -> str:
    return str(claim[0])


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    found = by_name(sums)
    whole = found.pop(_WHOLE, Agreement(0, 0, 0))
    return {"f1": whole.f1, "precision": whole.precision, "recall": whole.recall} | {n: some.f1 for n, some in found.items()}


def _counted(claims: Callable[[Any, Linked | None], _Claims]) -> Callable[[Any, Linked | None], Counts]:
    """What gold and answer claim, each claim under the name of the figure that counts it."""
    return lambda record, answer: count([*claims(record, record.answer)], [*claims(record, answer)], name=_name)


def _triplets(record: Any, answer: Linked | None) -> _Claims:
    for link in _links(answer):
        aspect, opinion = _place(link.source), _place(link.target)
        yield _WHOLE, aspect, opinion, link.label
        yield "pair_f1", aspect, opinion
        yield "aspect_f1", aspect
        yield "opinion_f1", opinion


def _kind(link: Link) -> str:
    """Which of its ends stand in the text."""
    stated = ("implicit" if end is None else "explicit" for end in (link.source, link.target))
    return "{}_aspect_{}_opinion_f1".format(*stated)


def _quadruples(record: Any, answer: Linked | None) -> _Claims:
    kinds = {_kind(link) for link in _links(record.answer)}
    for link in _links(answer):
        aspect, opinion = _place(link.source), _place(link.target)
        for name in (_WHOLE, *sorted(kinds)):
            yield name, aspect, opinion, link.label
        yield "pair_f1", aspect, opinion


def _relations(record: Any, answer: Linked | None) -> _Claims:
    for part in answer or ():
        match part:
            case Span(start, end, kind):
                yield "entity_f1", start, end, kind
            case Link(source, target, label):
                yield _WHOLE, source, target, label
                yield f"f1/{label}", source, target


triplet_f1: Metric[Any] = Metric("triplet_f1", "f1", _counted(_triplets), _score)
"""Aspect, opinion and polarity, all right: f1, precision, recall; and pair_f1, aspect_f1 and opinion_f1 of the parts."""

quadruple_f1: Metric[Any] = Metric("quadruple_f1", "f1", _counted(_quadruples), _score)
"""Aspect, category, opinion and sentiment, all right: f1, precision, recall; and pair_f1 of aspects with opinions.

`explicit_aspect_implicit_opinion_f1` and its like are the f1 on the texts that have such a quadruple, counting all quadruples in
them, as Cai et al. (2021, table 5) do.
"""

strict_f1: Metric[Any] = Metric("strict_f1", "f1", _counted(_relations), _score)
"""Relations with the boundaries and kinds of both entities, all right ("strict"): f1, precision, recall, and the f1 of each
relation as `f1/RELATION`; and entity_f1, of boundaries and kinds.
"""
