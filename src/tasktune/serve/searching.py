"""What a server does for a store where nobody answers: `search`; and what any request may say. No model is loaded for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, TypeVar

from tasktune.core import InputError
from tasktune.retrieval.search import Ways
from tasktune.retrieval.ways import Find
from tasktune.serve.app import Asked, Service
from tasktune.stores.base import Where, several

T = TypeVar("T")
MOST = 100
"""Passages, or inputs, that one request may ask for; names, and values of each, that it may ask for them by."""


def of_store(ways: Ways) -> Service:
    """`search` gives the hits of a `query`, at most `k`; `ask` says that nobody answers."""

    def search(asked: Asked) -> Any:
        query = said(asked, "query", str, "k", *NARROWED)
        return {"query": query, "hits": [asdict(hit) for hit in way(ways, asked)([query], how_many(asked, 10))[0]]}

    counts = {name: ways.store.count(name) for name in ways.store.collections()}
    return Service({"passages": counts}, {"search": search, "ask": _nobody})


NARROWED = ("by", "collection", "where")
"""What a request may say of how it is searched."""


def way(ways: Ways, asked: Asked) -> Find:
    """The way to find what a request asks for: that of the server, but `by` and in the `collection` that it says, and `where`
    passages are as it says, too.
    """
    usual = ways.search
    by, collection, where = asked.get("by", usual.by), asked.get("collection", usual.collection), asked.get("where", {})
    if not isinstance(by, str) or not isinstance(collection, str):
        raise InputError(f"'by' and 'collection' are texts, but are {json.dumps([by, collection], ensure_ascii=False)[:200]}")
    if not isinstance(where, dict) or len(where) > MOST or not all(_is_asked(each) for each in where.values()):
        raise InputError(
            "'where' is an object of names, and the text, number or truth value that each is to have, or a list of these, but is "
            f"{json.dumps(where, ensure_ascii=False)[:200]}"
        )
    return ways.find(replace(usual, by=by, collection=collection, where=_both(usual.where, where)))  # type: ignore[arg-type]


def _is_asked(wanted: Any) -> bool:
    given = wanted if isinstance(wanted, list) else [wanted]
    return len(given) <= MOST and all(isinstance(each, str | int | float) for each in given)


def _both(one: Where, other: Mapping[str, Any]) -> Where:
    """What passages must be that are as each of two say."""
    allowed = {name: [(value, isinstance(value, bool)) for value in several(wanted)] for name, wanted in one.items()}
    also = {
        name: [value for value in several(wanted) if name not in allowed or (value, isinstance(value, bool)) in allowed[name]]
        for name, wanted in other.items()
    }
    return {**one, **also}


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
