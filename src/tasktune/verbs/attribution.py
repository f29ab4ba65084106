"""Which places of the passages bear out an answer, sentence by sentence.

A passage that the answer cites itself is taken at its word; within it, the sentence that has most of the claim's words is
quoted. For a sentence without a mark, the passage is looked for that has most of its words, and at least `LEAST` of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tasktune.answers import Cited, Words
from tasktune.metrics.similarity import unit
from tasktune.notations.sentences import sentences
from tasktune.notations.words import words
from tasktune.passages import Hit
from tasktune.verbs.grounded_answer import Citation, CitedSentence

if TYPE_CHECKING:
    from tasktune.models.model import Model

LEAST: Final = 0.5
Support = Callable[[str, Sequence[str]], Sequence[float]]
"""How far each of several texts bears out a claim: 0 not at all, 1 wholly."""

_EMPTY = frozenset(
    word
    for line in (
        "a an and are as at be been by did do does for from had has have he her his i in is it its may of on or our she so",
        "than that the their them there they this to was we were which who will with would you your",
    )
    for word in line.split()
)
"""English words that say nothing by themselves."""


_COUNT = re.compile(r"\(?\d{1,2}[.)]")


def by_words(claim: str, texts: Sequence[str]) -> list[float]:
    """The share of the claim's words that each text has; words that say nothing by themselves do not count."""
    wanted = _content(claim)
    return [len(wanted & _content(text)) / len(wanted) if wanted else 0.0 for text in texts]


def by_vectors(embedder: Model) -> Support:
    """The cosine of the claim's vector and each text's."""

    def support(claim: str, texts: Sequence[str]) -> list[float]:
        told, others = unit(embedder.embed([claim], "query")), unit(embedder.embed(texts, "document"))
        return [float(cosine) for cosine in others @ told[0]]

    return support


def _content(text: str) -> frozenset[str]:
    found = (text[start:end].casefold() for start, end in words(text))
    return frozenset(word for word in found if word not in _EMPTY and any(map(str.isalnum, word)))


def attributed(
    answer: Cited, hits: Sequence[Hit], places: Mapping[int, tuple[int, int]], support: Support = by_words
) -> tuple[CitedSentence, ...]:
    """The sentences of an answer, each with what bears it out.

    A mark stands for the sentence that it is in or behind. `places` are the stretches of passages, by number, that an answer was
    taken from as it stands. Marks of passages that there are not are passed over.
    """
    parts = _claims(answer.text)
    marked = _marked(answer, parts)
    return tuple(
        _sentence(answer.text, part, numbers, hits, places, support) for part, numbers in zip(parts, marked, strict=True)
    )


def _claims(text: str) -> Words:
    """The sentences of a text, without the numbers that count them."""
    parts = sentences(text)
    claims = tuple((start, end) for start, end in parts if not _COUNT.fullmatch(text, start, end))
    return claims or parts


def _marked(answer: Cited, parts: Words) -> list[list[int]]:
    """The passages that are cited in each sentence, or right behind it."""
    numbers: list[list[int]] = [[] for _ in parts]
    for mark in answer.marks:
        at = max((k for k, (start, _) in enumerate(parts) if start < mark.place), default=0)
        if parts and mark.passage not in numbers[at]:
            numbers[at].append(mark.passage)
    return numbers


def _sentence(
    text: str,
    part: tuple[int, int],
    marked: Sequence[int],
    hits: Sequence[Hit],
    places: Mapping[int, tuple[int, int]],
    support: Support,
) -> CitedSentence:
    claim = text[slice(*part)]
    numbers = [number for number in marked if 1 <= number <= len(hits)]
    if not numbers and hits:
        found = support(claim, [hit.passage.text for hit in hits])
        best = max(range(len(hits)), key=lambda k: found[k])
        numbers = [best + 1] if found[best] >= LEAST else []
    return CitedSentence(*part, tuple(_citation(claim, number, hits[number - 1], places.get(number)) for number in numbers))


def _citation(claim: str, number: int, hit: Hit, place: tuple[int, int] | None) -> Citation:
    passage = hit.passage
    start, end = place or _nearest(claim, passage.text)
    return Citation(passage.source, passage.start + start, passage.start + end, passage.text[start:end], number)


def _nearest(claim: str, text: str) -> tuple[int, int]:
    """The sentence of a text that has most of the claim's words; the whole text where none has any."""
    parts = sentences(text)
    found = by_words(claim, [text[start:end] for start, end in parts])
    best = max(range(len(parts)), key=lambda k: found[k], default=None)
    return (0, len(text)) if best is None or not found[best] else parts[best]
