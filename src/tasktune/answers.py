"""What an answer can be: a label, a number, words, or places in a text with something said of them.

Places are characters of the text: words and sub-words are only views of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from string import punctuation
from typing import Any

from tasktune.images import Image


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of a text: characters `start` to `end` (end excluded)."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class WordTag:
    """One word of a text, characters `start` to `end` (end excluded), and its tag."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Dependency:
    """A word of a text, its place in a tree, its part of speech ("" for none). `head` counts words from 1; 0 is the root.

    `form` is the word itself where it is one of several that are one token in the text, as `de` and `le` are in `du`.
    """

    start: int
    end: int
    head: int
    label: str
    tag: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A labelled link from one place of a text to another; `None` for an end that is nowhere in it (implicit)."""

    source: Span | None
    target: Span | None
    label: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation. `role` is one of `ROLES`.

    `more` is what else a chat template may ask of a turn, under the names that transformers has for it: the `tool_calls` of the
    assistant, the `name` and `tool_call_id` of a tool's answer. `images` are shown with the words, each behind as many characters
    of these as `places` says, in ascending order; where it says nothing, before all of them.
    """

    role: str
    content: str
    more: Mapping[str, Any] = field(default_factory=dict, hash=False)
    images: tuple[Image, ...] = ()
    places: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Let every image have its place."""
        if not self.places:
            object.__setattr__(self, "places", (0,) * len(self.images))

    @property
    def parts(self) -> list[str | Image]:
        """What is said and shown, in order; no empty texts."""
        edges = [0, *self.places, len(self.content)]
        texts = [self.content[start:end] for start, end in pairwise(edges)]
        found = [texts[0], *(part for shown in zip(self.images, texts[1:], strict=True) for part in shown)]
        return [part for part in found if part]

    def as_json(self) -> dict[str, Any]:
        """The turn as one object, as OpenAI's files have it: with images, its content is a list of parts."""
        listed = [
            {"type": "text", "text": part}
            if isinstance(part, str)
            else {"type": "image_url", "image_url": {"url": part.as_text()}}
            for part in self.parts
        ]
        return {"role": self.role, "content": listed if self.images else self.content, **self.more}


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction whose following a rule can verify: its kind, and the arguments that the rule takes."""

    kind: str
    arguments: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A final answer, and the reasoning that led to it ("" for none)."""

    answer: str
    rationale: str = ""

    def __str__(self) -> str:
        return self.answer


@dataclass(frozen=True, slots=True)
class Mark:
    """A passage that is cited, by its number from 1, and where: behind the first `place` characters of an answer."""

    place: int
    passage: int


@dataclass(frozen=True, slots=True)
class Cited:
    """An answer in words, and the passages that it cites, in the order of their places. No words: the passages do not say."""

    text: str
    marks: tuple[Mark, ...] = ()

    def __str__(self) -> str:
        return self.spelled(lambda stretch: stretch)

    def spelled(self, spell: Callable[[str], str]) -> str:
        """The text, each of its stretches between marks as `spell` has it, with the marks in their places: `Oslo [1].`"""
        edges = [0, *(mark.place for mark in self.marks), len(self.text)]
        stretches = [spell(self.text[start:end]) for start, end in pairwise(edges)]
        return stretches[0] + "".join(f" [{mark.passage}]{then}" for mark, then in zip(self.marks, stretches[1:], strict=True))


def folded(answer: str) -> str:
    """What two final answers have in common that say the same: no case, no signs around, yes for true."""
    low = " ".join(answer.casefold().split())
    low = low.strip(punctuation + " ") or low
    return {"true": "yes", "false": "no"}.get(low, low)


ROLES = ("system", "user", "assistant", "tool")
"""Who can speak in a conversation."""

CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters and Japanese kana, of which each is taken for a word, as the inside of a `[…]` pattern."""

Linked = tuple[Span | Link, ...]
"""Spans and the links between them."""

Vectors = tuple[float, ...] | tuple[tuple[float, ...], ...]
"""The vector of a text, or one for each of several."""

Answer = (
    str
    | float
    | tuple[str, ...]
    | tuple[Span, ...]
    | tuple[WordTag, ...]
    | tuple[Dependency, ...]
    | Linked
    | Vectors
    | Reasoned
    | Cited
    | None
)
"""What a model says of a record: a label, several, a number, spans, word tags, a tree, links, vectors, words, what reasoning came
to, or words that cite. `None`: nothing known."""

Words = tuple[tuple[int, int], ...]
"""Where the words of a text stand: (start, end) in characters, in order, not overlapping."""
