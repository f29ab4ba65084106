"""A server answers what is asked as it should be, says what is wrong with all else, and lets no other site's browser in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from threading import Event, Thread
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient

from tasktune.core import InputError
from tasktune.serve import app as module
from tasktune.serve.app import Service, Streamed, app


def double(asked: Mapping[str, Any]) -> Any:
    if asked.get("n") == "x":
        raise InputError("'n' must be a number")
    return {"n": 2 * asked["n"]}


def counting(asked: Mapping[str, Any]) -> Streamed:
    for k in range(asked["n"]):
        if k == 3:
            raise InputError("too far")
        yield str(k)
    return {"total": asked["n"]}


SERVICE = Service({"name": "twice"}, {"double": double, "count": double}, {"count": counting})


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(app(SERVICE, ["127.0.0.1", "testserver"]))


def events(text: str) -> list[Any]:
    return [json.loads(line.removeprefix("data: ")) for line in text.split("\n\n") if line]


def test_an_answer_and_whether_it_is_well(client: TestClient):
    assert client.get("/health").json() == {"status": "ok", "name": "twice"}
    answer = client.post("/double", json={"n": 4})
    assert answer.json() == {"n": 8}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'"


def test_an_answer_in_pieces(client: TestClient):
    answer = client.post("/count", json={"n": 2, "stream": True})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert events(answer.text) == [{"piece": "0"}, {"piece": "1"}, {"answer": {"total": 2}}]


def test_what_goes_wrong_in_the_middle_is_said(client: TestClient):
    assert events(client.post("/count", json={"n": 9, "stream": True}).text)[-1] == {"error": "too far"}
    assert client.post("/count", json={"n": 1}).json() == {"n": 2}  # and the next one is answered


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        (b'{"n": "x"}', "application/json", 400, "'n' must be a number"),
        (b"[1]", "application/json", 400, "a request is a JSON object, but this is list"),
        (b"{", "application/json", 400, "this is no JSON"),
        (b"\xff\xfe", "application/json", 400, "this is no JSON"),
        (b"[" * 100_000, "application/json", 400, "this is no JSON"),
        (b'{"n": 1}', "text/plain", 415, "say what you ask as JSON"),
        (b'{"n": 1}', "", 415, "say what you ask as JSON"),
        (b'{"a": "' + b"x" * module.LARGEST + b'"}', "application/json", 413, "bytes at most"),
        (b'{"n": 1, "stream": true}', "application/json", 400, "not answered in pieces"),
    ],
)
def test_what_cannot_be_answered(client: TestClient, body: bytes, kind: str, status: int, said: str):
    answer = client.post("/double", content=body, headers={"content-type": kind})
    assert (answer.status_code, said in answer.json()["error"]) == (status, True)


def test_other_hosts_paths_and_ways_are_refused(client: TestClient):
    assert client.post("/double", json={"n": 1}, headers={"host": "evil.example"}).status_code == 400
    assert client.get("/double").status_code == 405
    assert client.post("/other", json={}).status_code == 404
    allowed = client.options("/double", headers={"origin": "http://evil.example", "access-control-request-method": "POST"})
    assert "access-control-allow-origin" not in allowed.headers


def test_more_than_can_wait_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "WAITING", 1)
    begun, go_on = Event(), Event()

    def slow(asked: Mapping[str, Any]) -> Any:
        begun.set()
        assert go_on.wait(10)
        return {}

    client = TestClient(app(Service({}, {"slow": slow}, {"slow": counting}), ["testserver"]))
    first = Thread(target=client.post, args=("/slow",), kwargs={"json": {}})
    first.start()
    assert begun.wait(10)
    refused = [client.post("/slow", json=asked) for asked in ({}, {"n": 1, "stream": True})]
    go_on.set()
    first.join()
    assert [(each.status_code, each.headers["retry-after"]) for each in refused] == [(503, "1")] * 2
    assert client.post("/slow", json={}).status_code == 200


def test_who_leaves_in_the_middle_keeps_nobody_waiting():
    ended = []

    def endless(asked: Mapping[str, Any]) -> Streamed:
        try:
            while True:
                yield "more"
        finally:
            ended.append(True)

    served = app(Service({}, {"endless": double}, {"endless": endless}), ["testserver"])
    scope = {"type": "http", "method": "POST", "path": "/endless", "query_string": b"", "http_version": "1.1"}
    headers = [(b"host", b"testserver"), (b"content-type", b"application/json")]

    async def leaving() -> None:
        begun = anyio.Event()
        said = iter([{"type": "http.request", "body": b'{"stream": true}'}])

        async def receive() -> Any:
            if (message := next(said, None)) is None:
                await begun.wait()
            return message or {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message.get("body"):
                begun.set()

        await served({**scope, "headers": headers}, receive, send)
        assert ended == [True]

    anyio.run(leaving)
    assert TestClient(served).post("/endless", json={"n": 1}).json() == {"n": 2}
