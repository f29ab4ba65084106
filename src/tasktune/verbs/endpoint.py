"""Asking a server that speaks OpenAI's protocol (vLLM, llama.cpp, Ollama, OpenAI …): chat completions, as they are streamed.

A key is taken from `TASKTUNE_API_KEY`; that of `OPENAI_API_KEY` is sent to OpenAI alone. No key travels without encryption to
another machine, and no redirection is followed, since both would hand it on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Final, final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tasktune import recipe as recipes
from tasktune.answers import Message
from tasktune.core import InputError, Lost
from tasktune.recipe import Recipe
from tasktune.tasks.question_answering_grounded import TASK, QuestionAnsweringGrounded
from tasktune.verbs.answerers import Answerer, Said, Writing

LIMIT: Final = 4096
"""Tokens that a server's model reads at least, where --max-length says nothing else."""
_SIGNS_A_TOKEN = 3  # bytes; English has four or five
_LONGEST_TOKEN = 64  # characters
_LONGEST_LINE = 1 << 20
_LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))
_KEYS = ("TASKTUNE_API_KEY", "OPENAI_API_KEY")


class _NoRedirection(HTTPRedirectHandler):
    """Redirections are errors."""

    def redirect_request(self, *given: Any) -> None:
        """Never."""


@final
@dataclass(frozen=True, slots=True)
class Endpoint(Answerer):
    """A model on a server: the address of its API (`http://127.0.0.1:8000/v1`), its name there, and a key ("" for none).

    `timeout` is how many seconds may pass without a word.
    """

    url: str
    name: str
    key: str
    recipe: Recipe
    timeout: float = 120.0

    def write(self, record: QuestionAnsweringGrounded, lost: Lost) -> Writing:
        """What the server's model writes, as it comes; how sure it is, where the server tells the log p of tokens."""
        messages = [turn.as_json() for turn in self._turns(record, lost)]
        log_p, room = list[float](), self._longest * _LONGEST_TOKEN
        with self._asked({"messages": messages, **self._how()}) as lines:
            for event in _events(lines, self.url):
                for choice in event.get("choices") or ():
                    told = (choice.get("logprobs") or {}).get("content") or ()
                    log_p += [token["logprob"] for token in told if isinstance(token.get("logprob"), int | float)]
                    if isinstance(piece := (choice.get("delta") or {}).get("content"), str) and piece[:room]:
                        yield piece[:room]
                        room -= len(piece[:room])
                if not room:  # a server need not keep to what it was asked for
                    break
        return Said(sum(log_p) / len(log_p) if log_p else None)

    def _turns(self, record: QuestionAnsweringGrounded, lost: Lost) -> tuple[Message, ...]:
        """The prompt, with as many of the passages as the model surely reads beside the answer."""
        room, left_out = ((self.recipe.max_length or LIMIT) - self._longest) * _SIGNS_A_TOKEN, 0
        turns: tuple[Message, ...] = TASK.decoder.prompt(record)
        while sum(len(turn.content.encode()) for turn in turns) > room and (less := TASK.decoder.fewer(record)) is not None:
            record, left_out = less, left_out + 1
            turns = TASK.decoder.prompt(record)
        if left_out:
            lost.add("passages left out for want of room", record.id, left_out)
        return turns

    @property
    def _longest(self) -> int:
        return int(self.recipe.decoding.max_new_tokens or TASK.decoder.max_new_tokens)

    def _how(self) -> dict[str, Any]:
        return {
            "model": self.name,
            "stream": True,
            "max_tokens": self._longest,
            "temperature": self.recipe.decoding.sampling,
            "logprobs": True,
        }

    @contextmanager
    def _asked(self, body: Mapping[str, Any]) -> Iterator[Iterator[bytes]]:
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = Request(f"{self.url}/chat/completions", json.dumps(body).encode(), headers)  # noqa: S310 (http or https)
        try:
            with build_opener(_NoRedirection).open(request, timeout=self.timeout) as answer:
                yield iter(lambda: answer.readline(_LONGEST_LINE), b"")
        except HTTPError as wrong:
            raise InputError(f"{self.url} answers {wrong.code} {wrong.reason}: {_said(wrong.read(2000))}") from None
        except TimeoutError:
            raise InputError(f"{self.url} has said nothing for {self.timeout:g} seconds; is its model loaded?") from None
        except (URLError, HTTPException, OSError) as wrong:
            raise InputError(f"nothing answers at {self.url} ({wrong}); is the server running, and the address whole?") from None


def endpoint(url: str, name: str, changes: Mapping[str, Any] | None = None) -> Endpoint:
    """The model called `name` on a server; `changes` are to the recipe, of which the decoding counts, and the longest input.

    Raises `InputError` where the name is missing, the address is none, or a key would travel without encryption.
    """
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        raise InputError(f"{url} is no address of an API; give one like http://127.0.0.1:8000/v1, and a key by {_KEYS[0]}")
    if not name:
        raise InputError(f"which model of {url} is meant? Say so with --generator-name")
    openai = parts.hostname == "api.openai.com"
    key = next((found for variable in _KEYS[: 1 + openai] if (found := os.environ.get(variable))), "")
    if key and parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise InputError(f"{url} would be sent the key of {_KEYS[0]} without encryption; use https://, or unset the variable")
    return Endpoint(url.rstrip("/"), name, key, recipes.of(changes or {}, "the options"))


def _events(lines: Iterator[bytes], url: str) -> Iterator[dict[str, Any]]:
    """The events of a stream, or of a server that does not stream its whole answer as if it were one; at least one."""
    event: Any = None
    for line in lines:
        text = line.decode("utf-8", "replace").strip()
        data = text.removeprefix("data:").strip()
        if data == "[DONE]":
            break
        if not data or (data == text and not text.startswith("{")):  # comments, names of events
            continue
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict):
            raise InputError(f"{url} answers what is no event of a chat completion: {text[:80]!r}")
        if error := event.get("error"):
            raise InputError(f"{url} breaks off: {_said(json.dumps(error).encode())}")
        for choice in event.get("choices") or ():
            choice.setdefault("delta", choice.get("message"))
        yield event
    if event is None:
        raise InputError(f"{url} answers, but with no event of a chat completion; is the address whole (…/v1)?")


def _said(body: bytes) -> str:
    """What a server says of an error, in a line."""
    text = body.decode("utf-8", "replace")
    try:
        given = json.loads(text)
        told = given.get("error", given)
        text = str(told.get("message", told) if isinstance(told, dict) else told)
    except (ValueError, AttributeError):
        pass
    return " ".join(text.split())[:300] or "(nothing more)"
