"""A server that speaks OpenAI's protocol, played by a thread of the test's own: what it is sent, and what can go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from finding import finding, hits_of
from tasktune.core import InputError, Lost
from tasktune.tasks.question_answering_grounded import QuestionAnsweringGrounded
from tasktune.verbs.answerers import answerer
from tasktune.verbs.ask import ask
from tasktune.verbs.endpoint import endpoint

HITS = hits_of("It closed the old bridge.", "The ferry sails at noon.")


@dataclass
class Server:
    """What the server says to the next request, and what it was asked."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for variable in ("TASKTUNE_API_KEY", "OPENAI_API_KEY", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    plays = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            plays.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))) | {"path": self.path})
            plays.keys.append(self.headers.get("Authorization"))
            self.send_response(plays.status)
            for name, value in plays.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(plays.body)

        def log_message(self, *given: Any) -> None:
            pass

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    plays.url = f"http://127.0.0.1:{listening.server_port}/v1"
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield plays
    listening.shutdown()
    thread.join()
    listening.server_close()


def streamed(*pieces: str, log_p: float = -0.5) -> bytes:
    told = [{"delta": {"content": piece}, "logprobs": {"content": [{"logprob": log_p}]}} for piece in pieces]
    events = [
        {"choices": [{"delta": {"role": "assistant"}}]},
        *({"choices": [one]} for one in told),
        {"choices": [], "usage": {}},
    ]
    return b": hello\n\n" + b"".join(f"data: {json.dumps(event)}\n\n".encode() for event in events) + b"data: [DONE]\n\n"


def test_what_a_server_streams_is_an_answer(server: Server):
    server.body = streamed("The bridge ", "was closed", " [1", "].")
    said = ask(finding(HITS), "what was closed?", answerer(server.url, {"max_new_tokens": 20}, name="m"))
    assert (said.text, said.cited) == ("The bridge was closed.", (1,))
    assert said.score == pytest.approx(0.6065, abs=1e-3)
    (asked,) = server.asked
    assert (asked["path"], asked["model"], asked["stream"], asked["max_tokens"]) == ("/v1/chat/completions", "m", True, 20)
    assert "[2] The ferry sails at noon." in asked["messages"][0]["content"]
    assert server.keys == [None]


def test_a_server_that_does_not_stream_is_understood_too(server: Server):
    server.body = json.dumps({"choices": [{"message": {"content": "The bridge [1]."}}]}).encode()
    assert ask(finding(HITS), "what?", endpoint(server.url, "m")).text == "The bridge."


def test_a_server_that_does_not_end_is_heard_no_longer_than_it_was_asked_for(server: Server):
    server.body = streamed(*["word " * 100] * 50)
    said = ask(finding(HITS), "what?", endpoint(server.url, "m", {"max_new_tokens": 10}))
    assert len(said.text) == 640


def test_the_key_goes_to_whom_it_is_for(server: Server, monkeypatch: pytest.MonkeyPatch):
    server.body = streamed("x")
    monkeypatch.setenv("OPENAI_API_KEY", "theirs")
    ask(finding(HITS), "what?", endpoint(server.url, "m"))
    monkeypatch.setenv("TASKTUNE_API_KEY", "mine")
    ask(finding(HITS), "what?", endpoint(server.url, "m"))
    assert server.keys == [None, "Bearer mine"]
    assert endpoint("https://api.openai.com/v1", "m").key == "mine"
    with pytest.raises(InputError, match="without encryption"):
        endpoint("http://example.org/v1", "m")


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (401, b'{"error": {"message": "no such key"}}', "answers 401 .*no such key"),
        (404, b"<html>nothing here</html>", "answers 404"),
        (302, b"", "answers 302"),
        (200, b"data: {broken\n\n", "no event of a chat completion"),
        (200, b"data: [1]\n\n", "no event of a chat completion"),
        (200, b"hello", "with no event of a chat completion; is the address whole"),
        (200, b"data: [DONE]\n\n", "with no event of a chat completion"),
        (200, b'data: {"error": {"message": "out of memory"}}\n\n', "breaks off: out of memory"),
    ],
)
def test_what_goes_wrong_is_told(server: Server, status: int, body: bytes, why: str):
    server.status, server.body, server.headers = status, body, {"Location": "http://127.0.0.1:1/"}
    with pytest.raises(InputError, match=why):
        ask(finding(HITS), "what?", endpoint(server.url, "m"))


def test_a_server_that_is_not_there_or_not_meant():
    with pytest.raises(InputError, match="nothing answers at"):
        ask(finding(HITS), "what?", endpoint("http://127.0.0.1:1/v1", "m"))
    with pytest.raises(InputError, match="--generator-name"):
        endpoint("http://127.0.0.1:1/v1", "")
    with pytest.raises(InputError, match="no address of an API"):
        endpoint("http://user:secret@127.0.0.1/v1", "m")


def test_passages_that_a_server_may_not_have_room_for_are_left_out(server: Server):
    server.body, lost = streamed("x"), Lost()
    record = QuestionAnsweringGrounded(question="q", passages=tuple(f"number {k} " * 90 for k in range(9)), id="r")
    list(endpoint(server.url, "m", {"max_length": 1000}).write(record, lost))
    assert "number 1" in server.asked[0]["messages"][0]["content"]
    assert "number 8" not in server.asked[0]["messages"][0]["content"]
    assert lost.counts["passages left out for want of room"] > 3
