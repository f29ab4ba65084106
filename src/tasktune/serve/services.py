"""What a server does for a store (`search`, `ask`) and for a tuned model (`predict`)."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import asdict
from typing import Any, TypeVar

from tasktune.core import InputError, Lost, Row
from tasktune.models.model import Model
from tasktune.models.multitask import MultiTaskModel
from tasktune.retrieval.ways import Find
from tasktune.serve.app import Asked, Service, Streamed
from tasktune.stores.base import Store
from tasktune.verbs.answerers import Answerer
from tasktune.verbs.ask import K, Suspects, asking, finished
from tasktune.verbs.confidence import Confidence
from tasktune.verbs.grounded_answer import GroundedAnswer

T = TypeVar("T")
MOST = 100
"""Passages, or inputs, that one request may ask for."""


def of_store(
    store: Store,
    find: Find,
    answerer: Answerer | None,
    confidence: Confidence | None,
    k: int = K,
    suspects: Suspects = "drop",
) -> Service:
    """`search` gives the hits of a `query`, at most `k`; `ask`, where somebody answers, what they say to a `question`, by `k`
    passages where it does not say how many.
    """

    def search(asked: Asked) -> Any:
        query = _said(asked, "query", str)
        return {"query": query, "hits": [asdict(hit) for hit in find([query], _how_many(asked, 10))[0]]}

    facts = {"passages": {name: store.count(name) for name in store.collections()}}
    if answerer is None:
        return Service(facts, {"search": search, "ask": _nobody})

    def pieces(asked: Asked, lost: Lost) -> Generator[str, None, GroundedAnswer]:
        question = _said(asked, "question", str)
        return asking(find, question, answerer, _how_many(asked, k), suspects, confidence, lost=lost)

    def ask(asked: Asked) -> Any:
        lost = Lost()
        return _told(finished(pieces(asked, lost)), lost)

    def stream(asked: Asked) -> Streamed:
        lost = Lost()
        answer = yield from pieces(asked, lost)
        return _told(answer, lost)

    return Service(facts, {"search": search, "ask": ask}, {"ask": stream})


def _nobody(asked: Asked) -> Any:
    raise InputError("nobody answers here, only /search does: start the server with --generator")


def _told(answer: GroundedAnswer, lost: Lost) -> dict[str, Any]:
    return {**answer.as_json(), "marked": answer.marked(), "lost": lost.as_json()}


def of_model(model: Model | MultiTaskModel) -> Service:
    """`predict` gives the answers to `inputs`, texts or objects as in JSON lines; of a model of several tasks, all of them."""

    def predict(asked: Asked) -> Any:
        inputs = _said(asked, "inputs", list)
        if len(inputs) > MOST:
            raise InputError(f"a request may have {MOST} inputs, and this one has {len(inputs)}; ask several times")
        lost, rows = Lost(), [_foreign(each, number) for number, each in enumerate(inputs, 1)]
        return {"answers": [each.as_json() for each in model.predict(rows, lost)], "lost": lost.as_json()}

    return Service({"tasks": [*model.models]}, {"predict": predict})


def _foreign(given: Any, number: int) -> Any:
    """An input that came over the network: it may bring pictures, and have no file of this machine opened."""
    return Row(given, f"input {number}", ours=False) if isinstance(given, dict) else given


def _said(asked: Asked, name: str, kind: type[T]) -> T:
    """What a request must say. Raises `InputError` where it does not."""
    said = asked.get(name)
    if not isinstance(said, kind) or not said:
        raise InputError(f"a request must say {name!r}, {_KINDS[kind]}, but says {json.dumps(asked, ensure_ascii=False)[:200]}")
    return said


_KINDS: dict[type, str] = {str: "a text", list: "a list"}


def _how_many(asked: Asked, usual: int) -> int:
    """The `k` of a request."""
    k = asked.get("k", usual)
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= MOST:
        raise InputError(f"'k' must be a whole number from 1 to {MOST}, but is {k!r}")
    return k
