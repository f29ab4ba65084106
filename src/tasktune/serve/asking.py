"""What a server does for a store where somebody answers: `search`, and `ask`."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from tasktune.core import Lost
from tasktune.retrieval.search import Ways
from tasktune.serve.app import Asked, Service, Streamed
from tasktune.serve.searching import NARROWED, how_many, said, way
from tasktune.verbs.answerers import Answerer
from tasktune.verbs.ask import K, Suspects, asking, finished
from tasktune.verbs.confidence import Confidence
from tasktune.verbs.grounded_answer import GroundedAnswer


def with_answers(
    service: Service,
    ways: Ways,
    answerer: Answerer,
    confidence: Confidence | None = None,
    k: int = K,
    suspects: Suspects = "drop",
) -> Service:
    """The service of a store that `ask`s, too: what `answerer` says to a `question`, by `k` passages where it does not say how
    many.
    """

    def pieces(asked: Asked, lost: Lost) -> Generator[str, None, GroundedAnswer]:
        question = said(asked, "question", str, "k", *NARROWED)
        return asking(way(ways, asked), question, answerer, how_many(asked, k), suspects, confidence, lost=lost)

    def ask(asked: Asked) -> Any:
        lost = Lost()
        return _told(finished(pieces(asked, lost)), lost)

    def stream(asked: Asked) -> Streamed:
        lost = Lost()
        answer = yield from pieces(asked, lost)
        return _told(answer, lost)

    return replace(service, answers={**service.answers, "ask": ask}, streams={"ask": stream})


def _told(answer: GroundedAnswer, lost: Lost) -> dict[str, Any]:
    return {**answer.as_json(), "marked": answer.marked(), "lost": lost.as_json()}
