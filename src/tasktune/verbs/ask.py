"""Ask one's documents: find passages, have them answered from, and say of each sentence where it stands.

    find = finder(store, Search())
    answer = ask(find, "who closed the bridge?", answerer("smollm2"))

Documents may have been written to mislead whoever reads them for others. Passages that give orders are left out (`sifted`), all
others are quoted (`notations.quoted`), and what comes back is inert: nothing of it is run, filled in or fetched. A document can
still say what is not true.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from math import exp
from typing import Literal

from tasktune.answers import Cited
from tasktune.core import InputError, Lost
from tasktune.notations import citations
from tasktune.notations.quoted import inert, orders
from tasktune.passages import Hit
from tasktune.retrieval.ways import Find
from tasktune.tasks.question_answering_grounded import QuestionAnsweringGrounded
from tasktune.verbs.answerers import Answerer, Said, Writing
from tasktune.verbs.attribution import Support, attributed, by_words
from tasktune.verbs.confidence import Confidence, best_score, probability
from tasktune.verbs.grounded_answer import GroundedAnswer

K = 5
"""Passages to answer from."""

Suspects = Literal["drop", "keep"]


def ask(
    find: Find,
    question: str,
    answerer: Answerer,
    k: int = K,
    suspects: Suspects = "drop",
    confidence: Confidence | None = None,
    support: Support = by_words,
    lost: Lost | None = None,
) -> GroundedAnswer:
    """What the passages that `find` finds say to a question, at most `k` of them.

    Passages that speak to the model are dropped, or kept where the documents are one's own and about such things. `confidence`
    says from where on an answer is given, as `verbs.grounded.calibrate` learns it; without, one is whenever the answerer has one.
    """
    return finished(asking(find, question, answerer, k, suspects, confidence, support, lost))


def asking(
    find: Find,
    question: str,
    answerer: Answerer,
    k: int = K,
    suspects: Suspects = "drop",
    confidence: Confidence | None = None,
    support: Support = by_words,
    lost: Lost | None = None,
) -> Generator[str, None, GroundedAnswer]:
    """The same, piece by piece as it is written. Returns the answer, which may be to say nothing after all."""
    if not question.strip():
        raise InputError("a question has words, and this one has none")
    [found] = find([question], k)
    hits, left_out = sifted(found) if suspects == "drop" else (list(found), [])
    nothing = GroundedAnswer(question, "", (), 0.0, True, tuple(hits), tuple(left_out))
    if not hits:
        return nothing
    written, said = yield from _inert(answerer.write(record_of(question, hits), Lost() if lost is None else lost))
    answer = _still(citations.read(written))
    odds = None if confidence is None else confidence.odds(best_score(hits), said.log_p)
    score = exp(said.log_p or 0.0) if odds is None else probability(odds)
    if not answer.text.strip() or (confidence is not None and odds is not None and odds < confidence.threshold):
        return replace(nothing, score=score)
    return GroundedAnswer(
        question, answer.text, attributed(answer, hits, said.places, support), score, False, tuple(hits), tuple(left_out)
    )


def finished(pieces: Generator[str, None, GroundedAnswer]) -> GroundedAnswer:
    """The answer that pieces come to."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            answer: GroundedAnswer = end.value
            return answer


def sifted(hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """The passages that can be read to a model, and those that give it orders."""
    speaking = [bool(orders(" ".join((*hit.passage.titles, hit.passage.text)))) for hit in hits]
    kept, left_out = ([hit for hit, speaks in zip(hits, speaking, strict=True) if speaks is which] for which in (False, True))
    return kept, left_out


def record_of(question: str, hits: Sequence[Hit]) -> QuestionAnsweringGrounded:
    """The question and the passages, in the order of their numbers."""
    titles = tuple(" › ".join(hit.passage.titles) for hit in hits)
    texts = tuple(hit.passage.text for hit in hits)
    return QuestionAnsweringGrounded(question=question, passages=texts, titles=titles if any(titles) else ())


def _still(answer: Cited) -> Cited:
    """The answer as it may be shown: escapes in it may have spelled what was not seen while they were pieces."""
    text = inert(answer.text)
    return Cited(text, tuple(replace(mark, place=min(mark.place, len(text))) for mark in answer.marks))


def _inert(pieces: Writing) -> Generator[str, None, tuple[str, Said]]:
    """Pieces of which none does anything; at last all of them together, and what was said of them."""
    told = ""
    while True:
        try:
            piece = inert(next(pieces), told[-1:])
        except StopIteration as end:
            return told, end.value
        told += piece
        yield piece
