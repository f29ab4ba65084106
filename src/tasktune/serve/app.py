"""The server: what a request must be, and who answers it.

A request is a POST with a JSON object, of at most a megabyte, or more for pictures; an answer is JSON, or events where `stream`
is asked for. What cannot be answered is said in words, `{"error": …}`, with status 400. Models answer one request at a time; so
many may wait, and more are told to come again (503). Browsers of other sites cannot ask: the host must be one of those that are
served, the type of what is sent must be JSON, and no other origin is let in.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from typing import Any, final

from anyio import to_thread
from starlette.applications import Starlette
from starlette.concurrency import iterate_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tasktune.core import InputError

Asked = Mapping[str, Any]
Streamed = Generator[str, None, dict[str, Any]]
"""An answer as it is written, and at last the whole."""

LARGEST = 1 << 20
"""Bytes of a request, at most, where it has no pictures."""
WAITING = 32
"""Requests that are answered or wait for it, at most."""
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Service:
    """What can be asked for: by the path of the request, a function of what it says; `streams` give their answer in pieces, where
    the request says `stream`. `facts` is told to whoever asks whether the server is well. A request may have `largest` bytes.
    """

    facts: Mapping[str, Any]
    answers: Mapping[str, Callable[[Asked], Any]]
    streams: Mapping[str, Callable[[Asked], Streamed]] = field(default_factory=dict)
    largest: int = LARGEST


def app(service: Service, hosts: Sequence[str]) -> Starlette:
    """The application. `hosts` are the names by which it may be called, `*` for any."""
    turns = _Turns()
    routes = [Route("/health", lambda _: _json({"status": "ok", **service.facts}))]
    for name, answer in service.answers.items():
        endpoint = _endpoint(turns, answer, service.streams.get(name), service.largest)
        routes.append(Route(f"/{name}", endpoint, methods=["POST"]))
    guards = [Middleware(TrustedHostMiddleware, allowed_hosts=[*hosts], www_redirect=False)]
    refused: Any = {HTTPException: _refused, InputError: _unanswerable}
    return Starlette(routes=routes, middleware=guards, exception_handlers=refused)


@dataclass(frozen=True, slots=True)
class _Turns:
    """Who may ask the models now: one at a time, so many waiting."""

    model: Lock = field(default_factory=Lock)
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(WAITING))

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place among those who wait."""
        if not self.places.acquire(blocking=False):
            raise HTTPException(503, f"{WAITING} requests are being answered; ask again later", {"Retry-After": "1"})
        try:
            yield
        finally:
            self.places.release()


def _endpoint(turns: _Turns, answer: Callable[[Asked], Any], stream: Callable[[Asked], Streamed] | None, largest: int) -> Any:
    def whole(asked: Asked) -> Any:
        with turns.model:
            return answer(asked)

    async def endpoint(request: Request) -> Response:
        asked = await _asked(request, largest)
        streamed = asked.pop("stream", False)
        if not isinstance(streamed, bool):
            raise InputError(f"'stream' must be true or false, but is {streamed!r:.80}")
        if not streamed:
            async with turns.place():
                return _json(await to_thread.run_sync(whole, asked))
        if stream is None:
            raise InputError("this is not answered in pieces; leave 'stream' out")
        return _Events(turns, stream(asked))

    return endpoint


@final
class _Events(StreamingResponse):
    """An answer in pieces, which takes its place before a word is sent, and gives it back when who asks has left."""

    def __init__(self, turns: _Turns, pieces: Streamed) -> None:
        self._turns, self._told = turns, _told(turns, pieces)
        super().__init__(_spelled(self._told), media_type="text/event-stream", headers=_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it. Raises `HTTPException` where too many wait."""
        async with self._turns.place():
            try:
                await super().__call__(scope, receive, send)
            finally:
                self._told.close()


async def _spelled(events: Iterator[dict[str, Any]]) -> AsyncIterator[str]:
    async for event in iterate_in_threadpool(events):
        yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"


def _told(turns: _Turns, pieces: Streamed) -> Generator[dict[str, Any], None, None]:
    """An event a piece, and one with all that there is to say at the end; or one with what went wrong."""
    with turns.model, closing(pieces):
        try:
            while True:
                yield {"piece": next(pieces)}
        except StopIteration as end:
            yield {"answer": end.value}
        except InputError as wrong:
            yield {"error": str(wrong)}


async def _asked(request: Request, largest: int) -> dict[str, Any]:
    """What a request says. Raises `HTTPException` where it is too long or of another type, `InputError` where it is no object."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "say what you ask as JSON (Content-Type: application/json)")
    said = bytearray()  # which grows in place: others wait meanwhile
    async for part in request.stream():
        said += part
        if len(said) > largest:
            raise HTTPException(413, f"a request has {largest} bytes at most")
    try:
        asked = json.loads(said)
        json.dumps(asked, ensure_ascii=False).encode()  # not of halves of surrogate pairs, which are no characters
    except (ValueError, RecursionError) as wrong:
        raise InputError(f"this is no JSON: {wrong}") from None
    if not isinstance(asked, dict):
        raise InputError(f"a request is a JSON object, but this is {type(asked).__name__}")
    return asked


def _json(told: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(told, status, {**_HEADERS, **(headers or {})})


async def _refused(request: Request, wrong: HTTPException) -> Response:
    return _json({"error": wrong.detail}, wrong.status_code, wrong.headers)


async def _unanswerable(request: Request, wrong: InputError) -> Response:
    return _json({"error": str(wrong)}, 400)
