"""The framings: the ways in which a task's answer can be asked of a model.

A framing is a pair. `write(record)` spells the record's answer as the model is to give it; `read(record, output, labels)` makes
an answer of what the model gave. The law `read(r, write(r), labels) == r.answer` is tested for every task and family, with no
model at all. Which head runs a framing is the business of `tasktune.heads`.

The framings: `Label`, `Tags`, `Arcs`, `Links`, `Extract`, `Select`, `Mask`, `MaskedPair`, `Embed`, `Text`. Each is a frozen
dataclass here, a head in `heads/` and a line in `heads.HEADS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal

from tasktune.core import Answer, Message, R, Words
from tasktune.forms import Form

Labels = tuple[str, ...]
"""The names that training data showed, sorted once and saved with the model. Empty where a task has none."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is given to read. When the whole is too long, `body` alone is shortened, to what `keep` says of it."""

    body: str
    before: str = ""
    after: str = ""
    keep: Literal["start", "end"] = "start"

    def __str__(self) -> str:
        return self.before + self.body + self.after


def _answer(record: Any) -> Any:
    return record.answer


def _as_given(record: Any, output: Any, labels: Labels) -> Any:
    return output


def _no_names(record: Any) -> Iterable[str]:
    return ()


def sorted_names(names: Iterable[str]) -> Labels:
    """The inventory of a closed set: each name once, in code-point order."""
    return tuple(sorted(set(names)))


def texts_of(record: Any) -> tuple[str, ...]:
    """The `text` of a record and, where it has one, the `pair` that the text is compared with."""
    return (record.text, record.pair) if record.pair else (record.text,)


def prompt_of(record: Any, cue: str) -> Prompt:
    """The same to be read, and behind them on a line of its own what asks for the answer."""
    _, *second = texts_of(record)
    return Prompt(record.text, after="".join(f"\nSecond: {text}" for text in second) + f"\n{cue}")


@dataclass(frozen=True)
class Label(Generic[R]):
    """One label (`kind="one"`), several ("many") or a number ("number") for one text or a pair of texts."""

    texts: Callable[[R], tuple[str, ...]]
    kind: Literal["one", "many", "number"] = "one"
    write: Callable[[R], Any] = _answer
    read: Callable[[R, Any, Labels], Any] = _as_given

    def names(self, record: R) -> Iterable[str]:
        """The label names that a record shows."""
        written = self.write(record)
        shown: dict[str, Iterable[str]] = {"one": (written,), "many": written, "number": ()}
        return shown[self.kind]

    def inventory(self, names: Iterable[str]) -> Labels:
        """The label set that training data with these names makes."""
        return sorted_names(names)


def _any_order(before: str, after: str) -> bool:
    return True


@dataclass(frozen=True)
class Tags(Generic[R]):
    """One tag a word.

    `follows(a, b)` says whether tag b may come after tag a (a is "" at the start); `inventory` closes a set of tags under the
    scheme (`I-X` where there is `B-X`); `lost(record)` counts the parts of the answer that no tag sequence over its words can
    say.
    """

    text: Callable[[R], str]
    words: Callable[[R], Words]
    write: Callable[[R], tuple[str, ...]]
    read: Callable[[R, tuple[str, ...], Labels], Answer]
    follows: Callable[[str, str], bool] = _any_order
    inventory: Callable[[Iterable[str]], Labels] = sorted_names
    lost: Callable[[R], int] = lambda record: 0

    def names(self, record: R) -> Iterable[str]:
        """The tags that a record shows."""
        return self.write(record)


Arc = tuple[int, str, str]
"""What is said of a word: the number of its head (from 1, 0 for the root), its relation to it, and its tag ("" for none)."""

RELATION, TAG = "relation ", "tag "
"""What stands before a name in the inventory of `Arcs`, to tell its two closed sets apart."""


@dataclass(frozen=True)
class Arcs(Generic[R]):
    """A head, a relation and a tag for each word; the heads form a tree."""

    text: Callable[[R], str]
    words: Callable[[R], Words]
    write: Callable[[R], tuple[Arc, ...]]
    read: Callable[[R, tuple[Arc, ...], Labels], Answer]

    def names(self, record: R) -> Iterable[str]:
        """The relations and tags that a record shows."""
        return (name for _, relation, tag in self.write(record) for name in (RELATION + relation, TAG + tag))

    def inventory(self, names: Iterable[str]) -> Labels:
        """Both closed sets of training data with these names, one after the other."""
        return sorted_names(names)


def relations_and_tags(labels: Labels) -> tuple[Labels, Labels]:
    """The two closed sets in an inventory of `Arcs`, or of `Links`, where the tags are the kinds of spans."""
    relations = tuple(name.removeprefix(RELATION) for name in labels if name.startswith(RELATION))
    return relations, tuple(name.removeprefix(TAG) for name in labels if name.startswith(TAG))


Graph = tuple[tuple[tuple[int, int, str], ...], tuple[tuple[int, int, str], ...]]
"""Spans (first word, last word + 1, kind) in order, and links (source, target, label) between them.

The ends of a link are the numbers of spans, from 1; 0 is nowhere.
"""


@dataclass(frozen=True)
class Links(Generic[R]):
    """Spans over the words of a text, none on top of another, and links between them, at most one from a span to another.

    `joins(a, b)` says whether spans of these kinds may be linked, the kind of nowhere being ""; `lost(record)` counts the parts
    of the answer that cannot be said so.
    """

    text: Callable[[R], str]
    words: Callable[[R], Words]
    write: Callable[[R], Graph]
    read: Callable[[R, Graph, Labels], Answer]
    joins: Callable[[str, str], bool]
    lost: Callable[[R], int]

    def names(self, record: R) -> Iterable[str]:
        """The kinds of spans and the labels of links that a record shows."""
        spans, links = self.write(record)
        return (*(TAG + kind for *_, kind in spans), *(RELATION + label for *_, label in links))

    def inventory(self, names: Iterable[str]) -> Labels:
        """Both closed sets of training data with these names, one after the other."""
        return sorted_names(names)


Place = tuple[int, int] | None
"""Where in a text something stands, from character to character (end excluded); `None` where nowhere."""


@dataclass(frozen=True)
class Extract(Generic[R]):
    """The stretch of a text that answers a question, or none. `max_tokens` is the longest that is looked for.

    `lost(record)` counts answers that are no stretch of the text.
    """

    question: Callable[[R], str]
    text: Callable[[R], str]
    write: Callable[[R], Place]
    read: Callable[[R, Place, Labels], Answer]
    lost: Callable[[R], int] = lambda record: 0
    max_tokens: int = 128

    def names(self, record: R) -> Iterable[str]:
        """None: nothing is named."""
        return ()

    def inventory(self, names: Iterable[str]) -> Labels:
        """The label set that training data with these names makes."""
        return sorted_names(names)


@dataclass(frozen=True)
class Select(Generic[R]):
    """Some of the parts of a text: its sentences.

    `choose(record, scores, count)` says which are taken, `count` at most, given how likely each is to be one of them.
    `lost(record)` counts the parts of the answer that are no part of the text.
    """

    text: Callable[[R], str]
    parts: Callable[[R], Words]
    write: Callable[[R], tuple[bool, ...]]
    read: Callable[[R, Sequence[bool], Labels], Answer]
    choose: Callable[[R, Sequence[float], int], Sequence[bool]]
    lost: Callable[[R], int] = lambda record: 0

    def names(self, record: R) -> Iterable[str]:
        """None: nothing is named."""
        return ()

    def inventory(self, names: Iterable[str]) -> Labels:
        """The label set that training data with these names makes."""
        return sorted_names(names)

    def usual(self, records: Sequence[R]) -> float:
        """How many parts their answers have on average, of those that have any."""
        sizes = [size for record in records if (size := sum(self.write(record)))]
        return sum(sizes) / len(sizes) if sizes else 1.0


@dataclass(frozen=True)
class Mask(Generic[R]):
    """The words under masks.

    `masks` says where in the text they are, end excluded. Of a text without masks nothing is kept back; from such, any of its
    `words` may be learnt, each as a whole.
    """

    text: Callable[[R], str]
    masks: Callable[[R], Words]
    words: Callable[[R], Words]
    write: Callable[[R], tuple[str, ...]] = _answer
    read: Callable[[R, tuple[str, ...], Labels], Answer] = _as_given

    def names(self, record: R) -> Iterable[str]:
        """None: nothing is named."""
        return ()

    def inventory(self, names: Iterable[str]) -> Labels:
        """The label set that training data with these names makes."""
        return sorted_names(names)


Side = Literal["query", "document", ""]
"""What a text is to a search; "" where it is neither. Some models read a query and a document each behind words of its own."""

Lesson = tuple[tuple[tuple[Side, str], ...], float]
"""Texts to learn from, and how alike the first and the second are. Where that is nan, the second goes with the first, and no
other of them does."""


@dataclass(frozen=True)
class Embed(Generic[R]):
    """A vector for each text.

    `texts` are those that an answer takes: one, two whose cosine is the answer, or several. `lessons` are what a record has to
    learn from.
    """

    texts: Callable[[R], tuple[tuple[Side, str], ...]]
    lessons: Callable[[R], Iterable[Lesson]]
    write: Callable[[R], Any] = _answer
    read: Callable[[R, Any, Labels], Any] = _as_given
    names: Callable[[R], Iterable[str]] = _no_names
    inventory: Callable[[Iterable[str]], Labels] = sorted_names


FOLLOWS: Labels = ("next", "random")
"""Whether a text follows another, in the order of BERT's own classes: it does, or stands somewhere else."""


@dataclass(frozen=True)
class MaskedPair(Generic[R]):
    """Whether the second of two texts follows the first; any of their `words` may be masked and learnt, each as a whole."""

    texts: Callable[[R], tuple[str, str]]
    words: Callable[[R], tuple[Words, Words]]
    write: Callable[[R], str] = _answer
    read: Callable[[R, str, Labels], Answer] = _as_given

    def names(self, record: R) -> Iterable[str]:
        """The label that a record shows."""
        return (self.write(record),)

    def inventory(self, names: Iterable[str]) -> Labels:
        """Both labels, whatever the training data show."""
        return FOLLOWS


@dataclass(frozen=True)
class Text(Generic[R]):
    """Words: free, or (`closed`) exactly one of the label names.

    `prompt` is what the model reads: a `Prompt`, or the turns of a conversation for the model's own chat template. `separator`
    stands between prompt and answer. `max_new_tokens` is how long an answer of this task can reasonably be. `form` is what the
    answer is held to where it has a form, given the label names: all that `write` can say with them, and all that `read` reads.
    `lost(record)` counts the parts of the answer that `write` cannot say.
    """

    prompt: Callable[[R], Prompt | tuple[Message, ...]]
    write: Callable[[R], str] = _answer
    read: Callable[[R, str, Labels], Any] = _as_given
    names: Callable[[R], Iterable[str]] = _no_names
    closed: bool = False
    separator: str = " "
    max_new_tokens: int = 64
    form: Callable[[R, Labels], Form] | None = None
    lost: Callable[[R], int] = lambda record: 0

    def inventory(self, names: Iterable[str]) -> Labels:
        """The label set that training data with these names makes."""
        return sorted_names(names)


Framing = (
    Label[Any]
    | Tags[Any]
    | Arcs[Any]
    | Links[Any]
    | Extract[Any]
    | Select[Any]
    | Mask[Any]
    | MaskedPair[Any]
    | Embed[Any]
    | Text[Any]
)
