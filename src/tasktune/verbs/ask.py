"""Ask one's documents: find passages, have them answered from, and say of each sentence where it stands.

    answer = tt.ask("kb.db", "who closed the bridge?", "smollm2")

or, where more than one question is asked, with all that it takes opened once:

    pieces = asking(finder(store, Search()), "who closed the bridge?", answerer("smollm2"))

Documents may have been written to mislead whoever reads them for others. Passages that give orders are left out (`sifted`), all
others are quoted (`notations.quoted`), and what comes back is inert: nothing of it is run, filled in or fetched. A document can
still say what is not true.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tasktune.answers import Cited
from tasktune.core import InputError, Lost
from tasktune.notations import citations
from tasktune.notations.quoted import inert, orders
from tasktune.passages import Hit
from tasktune.recipe import Recipe
from tasktune.retrieval.search import Search, finding
from tasktune.retrieval.ways import Find
from tasktune.tasks.question_answering_grounded import QuestionAnsweringGrounded
from tasktune.verbs.answerers import Answerer, Said, Writing, answerer
from tasktune.verbs.attribution import Support, attributed, by_words
from tasktune.verbs.confidence import Confidence, best_score, probability
from tasktune.verbs.grounded_answer import GroundedAnswer

if TYPE_CHECKING:
    from tasktune.models.model import Model

K = 5
"""Passages to answer from."""

Suspects = Literal["drop", "keep"]


def ask(
    knowledge: Path | str | Find,
    question: str,
    generator: Answerer | Model | Path | str = "smollm2",
    k: int = K,
    how: Search | None = None,
    suspects: Suspects = "drop",
    confidence: Confidence | Path | str | None = None,
    recipe: Recipe | None = None,
    lost: Lost | None = None,
) -> GroundedAnswer:
    """What documents say to a question, by the `k` passages of the store `knowledge` that answer it best, found as `how` says.

    `generator` writes the answer: a model tuned for `question-answering-grounded` or as it comes, an encoder tuned for
    `question-answering`, which finds it in the passages, or `answerer("http://…/v1", name="…")` for one on a server. Passages
    that give orders to whoever reads them are dropped, or kept where the documents are one's own and about such things.
    `confidence`, or the file of one, says from where on an answer is given (`verbs.grounded.calibrate`). `recipe` runs the models
    that finding takes. Raises `InputError` where there is no such store, or nobody who could answer.
    """
    sure = confidence if isinstance(confidence, Confidence | None) else Confidence.load(confidence)
    with finding(knowledge, how, recipe) as find:
        return finished(asking(find, question, answerer(generator), k, suspects, sure, lost=lost))


def asking(
    find: Find,
    question: str,
    who: Answerer,
    k: int = K,
    suspects: Suspects = "drop",
    confidence: Confidence | None = None,
    support: Support = by_words,
    lost: Lost | None = None,
) -> Generator[str, None, GroundedAnswer]:
    """What passages that `find` finds say to a question, piece by piece as it is written. Returns the answer.

    The answer may be to say nothing after all: where `confidence` finds it not sure enough, and where nothing was found.
    `support` says which passage bears out a sentence that cites none.
    """
    if not question.strip():
        raise InputError("a question has words, and this one has none")
    if k < 1:
        raise InputError(f"how many passages to answer from must be 1 or more, but is {k}")
    hits, left_out = _readable(find, question, k) if suspects == "drop" else (find([question], k)[0], [])
    nothing = GroundedAnswer(question, "", (), None, True, tuple(hits), tuple(left_out))
    if not hits:
        return nothing
    written, said = yield from _inert(who.write(record_of(question, hits), Lost() if lost is None else lost))
    answer = _still(citations.read(written))
    odds = None if confidence is None else confidence.odds(best_score(hits), said.log_p)
    likely = None if said.log_p is None else exp(said.log_p)
    score = likely if odds is None else probability(odds)
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


def _readable(find: Find, question: str, k: int) -> tuple[list[Hit], list[Hit]]:
    """As many passages that can be read to a model as are found when `k` are asked for, and those before them that cannot.

    More are looked for in place of those left out, for otherwise few documents could keep all others from being heard.
    """
    [found] = find([question], k)
    enough = len(found)
    while True:
        kept, left_out = sifted(found, enough)
        if len(kept) == enough or enough < k:
            return kept, left_out
        [more] = find([question], 2 * len(found))
        if len(more) <= len(found):
            return kept, left_out
        found = more


def sifted(hits: Sequence[Hit], enough: int | None = None) -> tuple[list[Hit], list[Hit]]:
    """The passages that can be read to a model, until they are `enough`, and those among them that give it orders."""
    kept, left_out = list[Hit](), list[Hit]()
    for hit in hits:
        if len(kept) == enough:
            break
        (left_out if orders("\n\n".join((*hit.passage.titles, hit.passage.text))) else kept).append(hit)
    return kept, left_out


def record_of(question: str, hits: Sequence[Hit]) -> QuestionAnsweringGrounded:
    """The question and the passages, in the order of their numbers."""
    titles = tuple(" › ".join(hit.passage.titles) for hit in hits)
    texts = tuple(hit.passage.text for hit in hits)
    return QuestionAnsweringGrounded(question=question, passages=texts, titles=titles if any(titles) else (), id=question[:80])


def _still(answer: Cited) -> Cited:
    """The answer as it may be shown: escapes in it may have spelled what was not seen while they were pieces."""
    return Cited(inert(answer.text), tuple(replace(mark, place=len(inert(answer.text[: mark.place]))) for mark in answer.marks))


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
