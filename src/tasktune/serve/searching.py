"""What a server does for a store where nobody answers: `search`; and what any request may say. No model is loaded for it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, TypeVar

from tasktune.core import InputError
from tasktune.retrieval.ways import Find
from tasktune.serve.app import Asked, Service
from tasktune.stores.base import Store

T = TypeVar("T")
MOST = 100
"""Passages, or inputs, that one request may ask for."""


def of_store(store: Store, find: Find) -> Service:
    """`search` gives the hits of a `query`, at most `k`; `ask` says that nobody answers."""

    def search(asked: Asked) -> Any:
        query = said(asked, "query", str, "k")
        return {"query": query, "hits": [asdict(hit) for hit in find([query], how_many(asked, 10))[0]]}

    return Service({"passages": {name: store.count(name) for name in store.collections()}}, {"search": search, "ask": _nobody})


def _nobody(asked: Asked) -> Any:
    raise InputError("nobody answers here, only /search does: start the server with --generator")


def said(asked: Asked, name: str, kind: type[T], *others: str) -> T:
    """What a request must say. Raises `InputError` where it does not, or says what is neither that nor one of the `others`."""
    if unknown := [key for key in asked if key not in (name, *others)]:
        raise InputError(
            f"a request says {', '.join((name, *others))} and nothing else, but says {', '.join(unknown)[:200]!r}, too"
        )
    given = asked.get(name)
    if not isinstance(given, kind) or not given:
        raise InputError(f"a request must say {name!r}, {_KINDS[kind]}, but says {json.dumps(asked, ensure_ascii=False)[:200]}")
    return given


_KINDS: dict[type, str] = {str: "a text", list: "a list"}


def how_many(asked: Asked, usual: int) -> int:
    """The `k` of a request."""
    k = asked.get("k", usual)
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= MOST:
        raise InputError(f"'k' must be a whole number from 1 to {MOST}, but is {k!r}")
    return k
