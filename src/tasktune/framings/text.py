"""`Text`: words, and the prompts that ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal

from tasktune.answers import Message
from tasktune.core import R
from tasktune.forms import Form
from tasktune.framings.names import Labels, as_answered, as_given, no_names, sorted_names
from tasktune.images import Image


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is given to read. When the whole is too long, `body` alone is shortened, to what `keep` says of it.

    Some checkpoints were taught other words for the same (`heads.conventions`): T5 a `prefix`, and those made for translation the
    body alone, with codes for the `languages` of body and answer ("" where one is not known). Those made for code were taught to
    fill in what stands between the body and a `suffix`. Models that see are shown the `images` before the words.
    """

    body: str
    before: str = ""
    after: str = ""
    keep: Literal["start", "end"] = "start"
    prefix: str = ""
    languages: tuple[str, str] | None = None
    suffix: str = ""
    images: tuple[Image, ...] = ()

    def __str__(self) -> str:
        return self.before + self.body + self.after


def texts_of(record: Any) -> tuple[str, ...]:
    """The `text` of a record and, where it has one, the `pair` that the text is compared with."""
    return (record.text, record.pair) if record.pair else (record.text,)


def prompt_of(record: Any, cue: str) -> Prompt:
    """The same to be read, and behind them on a line of its own what asks for the answer."""
    _, *second = texts_of(record)
    return Prompt(record.text, after="".join(f"\nSecond: {text}" for text in second) + f"\n{cue}")


def _most_probable(answers: Sequence[Any]) -> int:
    return 0


Asked = Prompt | Sequence[Message]
"""What a model that writes is asked: a `Prompt`, or the turns of a conversation for its chat template."""


def shown_in(asked: Asked) -> tuple[Image, ...]:
    """All images that it is asked about, in their order."""
    return asked.images if isinstance(asked, Prompt) else tuple(image for turn in asked for image in turn.images)


@dataclass(frozen=True)
class Text(Generic[R]):
    """Words: free, or (`closed`) exactly one of the label names, or that where there are at most `closed_up_to`.

    `prompt` is what the model reads: a `Prompt`, or the turns of a conversation for the model's own chat template. `separator`
    stands between prompt and answer. `max_new_tokens` is how long an answer of this task can reasonably be. `form` is what the
    answer is held to where it has a form, given the label names: all that `write` can say with them, and all that `read` reads.
    `complete` adds to a record what the names say of all that was learnt from, before it is asked about. `lost(record)` counts
    the parts of the answer that `write` cannot say. `elect` says which of several answers, the most probable first, is given.
    `part(record, text)` asks the same of another text: a record that is too long is asked in parts then, and at last of what was
    said of these. `fewer(record)` has one part less to read, where there is one that can be left out: of a record that is too
    long, as many as it takes are.
    """

    prompt: Callable[[R], Asked]
    write: Callable[[R], str] = as_answered
    read: Callable[[R, str, Labels], Any] = as_given
    names: Callable[[R], Iterable[str]] = no_names
    closed: bool = False
    closed_up_to: int = 0
    separator: str = " "
    max_new_tokens: int = 64
    form: Callable[[R, Labels], Form] | None = None
    complete: Callable[[R, Labels], R] = lambda record, names: record
    lost: Callable[[R], int] = lambda record: 0
    elect: Callable[[Sequence[Any]], int] = _most_probable
    part: Callable[[R, str], R] | None = None
    fewer: Callable[[R], R | None] = lambda record: None

    def inventory(self, names: Iterable[str]) -> Labels:
        """The label set that training data with these names makes; none where they are more than it is closed to."""
        found = sorted_names(names)
        return () if 0 < self.closed_up_to < len(found) else found

    def among(self, labels: Labels) -> Text[R]:
        """The framing where these are the labels: closed, where they are few enough."""
        return replace(self, closed=True) if self.closed_up_to and labels else self
