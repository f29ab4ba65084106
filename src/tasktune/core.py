"""The vocabulary: what a row, a record, an answer, a task and a score are.

Everything else in tasktune is written in these words. Records and answers are plain, frozen Python; no tensor, tokenizer or
model is known here, so that a task can be defined, checked and scored without any of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from math import isfinite, nan
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

FamilyName = Literal["encoder", "decoder", "encoder-decoder", "vision-language"]


class InputError(ValueError):
    """Something the user gave cannot be used: what it is, what is possible and what to do. On the command line, exit code 2."""


def _short(value: Any) -> str:
    spelled = repr(value)
    return spelled if len(spelled) <= 40 else spelled[:39] + "…"


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a file as its reader found it: named values, where they stood (`file:line`), and the `folder` in which
    paths in it begin. Those of a row that is not `ours`, since it came from elsewhere, are not opened. `own` is what it said
    itself where one value was given for all rows.
    """

    values: Mapping[str, Any]
    where: str = ""
    folder: Path | None = field(default=None, compare=False)
    ours: bool = field(default=True, compare=False)
    own: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def refuse(self, why: str) -> InputError:
        """The error to raise about this row, with its place in front."""
        return InputError(f"{self.where}: {why}" if self.where else why)

    @property
    def samples(self) -> str:
        """The names that there are, each with the beginning of what it holds."""
        return ", ".join(f"{name} ({_short(value)})" for name, value in self.values.items())

    def get(self, name: str) -> Any:
        """The value called `name`, or `None` where there is none."""
        return self.values.get(name)

    def string(self, name: str) -> str:
        """The value called `name`, which must be there and be text."""
        value = self.optional(name)
        if value is None:
            numbered = all(str(column).isdecimal() for column in self.values)
            how = " (its number, or what stands at its head)" if self.values and numbered else ""
            raise self.refuse(
                f"no {name!r} here, only: {self.samples or 'nothing'}. Name its column{how} with --map {name}=COLUMN"
            )
        return value

    def optional(self, name: str) -> str | None:
        """The value called `name`, which must be text where it is there; `None` where it is not."""
        value = self.get(name)
        if value is None or isinstance(value, str):
            return value
        raise self.refuse(f"{name!r} must be text, but is {value!r} ({type(value).__name__})")

    def number(self, name: str) -> float | None:
        """The value called `name`, which must be a finite number or spell one; `None` where there is none."""
        value = self.get(name)
        if value is None or value == "":
            return None
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = nan
        if not isfinite(number):
            raise self.refuse(f"{name!r} must be a finite number, but is {value!r:.80}")
        return number

    def strings(self, name: str) -> tuple[str, ...] | None:
        """The list called `name`, of which every part must be text; `None` where there is none."""
        value = self.get(name)
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            raise self.refuse(f"{name!r} must be a list of texts, but is {value!r} ({type(value).__name__})")
        for part in value:
            if not isinstance(part, str):
                raise self.refuse(
                    f"{name!r} must be a list of texts, but one is {part!r} ({type(part).__name__}). Where numbers stand for "
                    "names that are kept elsewhere, write the names in their place"
                )
        return tuple(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """The text called `name`, or the list of them; none where there is none."""
        value = self.get(name)
        return (value,) if isinstance(value, str) else self.strings(name) or ()

    def name(self, name: str) -> str | None:
        """The value called `name` as a label, spelled by `label_name`; `None` where there is none."""
        value = self.get(name)
        if value is None or value == "":
            return None
        label = label_name(value)
        if label is None:
            raise self.refuse(f"{name!r} must be one label, but is {value!r}")
        return label

    @property
    def id(self) -> str:
        """What to call the row: its own `id` where it has one, else its place."""
        own = self.get("id")
        return self.where if own is None or own == "" else str(own)


def label_name(value: object) -> str | None:
    """A label as text: itself, or a whole number or truth value spelled out. `None` for what is none, as "" is."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) and value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(ABC):
    """What a task works on: its input fields, `answer` (`None` where it is to be found) and an `id` to name it by.

    A task declares one frozen dataclass of this kind. `aliases` names the columns that other people's files use for a field.
    `unanswered` says what records without an answer are, where files usually hold such, too: they are passed over, and counted.
    """

    answer: Any = None
    id: str = ""
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    unanswered: ClassVar[str] = ""

    @classmethod
    @abstractmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. Raises `InputError`, with the row's place, where it holds none."""

    @classmethod
    def several(cls, row: Row) -> Iterable[Self]:
        """The records that a row of a file holds: one, where the task does not say otherwise."""
        return (cls.from_row(row),)

    @classmethod
    def field_names(cls) -> tuple[str, ...]:
        """The names of the record's fields, inputs first."""
        names = [f.name for f in fields(cls)]
        return (*(n for n in names if n not in ("answer", "id")), "answer", "id")

    @property
    def company(self) -> object:
        """A key that records share that are measured together, so that none is learnt from where others measure."""
        return id(self)


R = TypeVar("R", bound=Record)


Counts = Mapping[Any, Any]
"""What one record adds to an evaluation: named amounts whose sums over records suffice to compute every score, or are `kept`."""


def _if_answered(record: R) -> R | None:
    return None if record.answer is None else record


def _unsigned(sums: Mapping[Any, Any]) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Metric(Generic[R]):
    """How a task is scored, as sums over records (sufficient statistics), so that memory does not grow with the data.

    `count(record, answer)` gives the amounts of one record, `score(sums)` turns their sums into named figures. In `score`, each
    sum is a float array of shape (replicates,): the first is the data itself, the others bootstrap resamples of it, and every
    figure has the same shape; an amount that no record named is 0. `signatures(sums)` says how figures were counted, as `Scores`
    has it.

    In the place of an answer, a metric `of` "likelihood" is counted on a `Likelihood`, and one `of` "answers" on a tuple of all
    that the model gave (as many as `n_best` asks for), best first. `asked(record)` is the record that the model is given to be
    measured by, `None` for one that says nothing to this metric; by default the record itself, if it has an answer. A metric
    beside a task's first, for which much must be written, may be measured on the first `most` such records alone.

    Amounts named in `kept` are not summed but kept, one a record, because a figure needs them all (ranks); they need not be
    numbers. `score` gets each as an object array of shape (records,), and under "times" how often each replicate drew each
    record, shape (replicates, records). Where the data have no figure called `primary`, it is the first of those they have.
    """

    name: str
    primary: str
    count: Callable[[R, Any], Counts]
    score: Callable[[Mapping[Any, Any]], Mapping[str, Any]]
    of: Literal["answer", "answers", "likelihood"] = "answer"
    higher_is_better: bool = True
    kept: tuple[str, ...] = ()
    asked: Callable[[R], R | None] = _if_answered
    most: int | None = None
    signatures: Callable[[Mapping[Any, Any]], Mapping[str, str]] = _unsigned


@dataclass(frozen=True, slots=True)
class Likelihood:
    """What a model thought of a record's own answer: `nats` = -log p(answer | record), over `tokens` supervised tokens.

    `counts` are other amounts that the head names: how many of the tokens were its first choice, say.
    """

    nats: float
    tokens: int
    characters: int
    counts: Counts = field(default_factory=dict)


class Lost:
    """Counts what could not be used, by reason, and remembers the first few records by id: nothing is lost silently."""

    SHOWN = 5

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}

    def add(self, reason: str, record_id: str, amount: int = 1) -> None:
        """Note that `amount` things of record `record_id` were lost for `reason`."""
        self.counts[reason] += amount
        shown = self.examples.setdefault(reason, [])
        if len(shown) < self.SHOWN and record_id not in shown:
            shown.append(record_id)

    def join(self, other: Lost, of: str = "") -> None:
        """Note after one's own what another has noted, which is that of `of` (a task, say) where there are several."""
        for reason, ids in other.examples.items():
            for k, record_id in enumerate(ids):
                self.add(f"{of}: {reason}" if of else reason, record_id, 0 if k else other.counts[reason])

    def as_json(self) -> dict[str, Any]:
        """`{reason: {"count": n, "records": [first ids]}}`."""
        return {r: {"count": n, "records": self.examples[r]} for r, n in sorted(self.counts.items())}


@dataclass(frozen=True, slots=True)
class Task(Generic[R]):
    """A task: its record, how each family of model is asked for the answer, how answers are scored, and an example.

    A family that cannot do the task has `None`. `metric` has the figure that decides which model is better, and is all that is
    measured while training; the metrics `beside` it, which may take longer, are measured too where a model is evaluated, and no
    two have a figure of the same name. Running options are not here but in `Recipe`.
    """

    name: str
    record: type[R]
    encoder: Any
    decoder: Any
    encoder_decoder: Any
    metric: Metric[R]
    example: tuple[R, ...] = field(repr=False)
    beside: tuple[Metric[R], ...] = ()
    vision_language: Any = None

    @property
    def metrics(self) -> tuple[Metric[R], ...]:
        """All of them, the one that decides first."""
        return (self.metric, *self.beside)

    def framings(self) -> dict[FamilyName, Any]:
        """The families that can do this task, and how each is asked."""
        asked: dict[FamilyName, Any] = {
            "encoder": self.encoder,
            "decoder": self.decoder,
            "encoder-decoder": self.encoder_decoder,
            "vision-language": self.vision_language,
        }
        return {family: framing for family, framing in asked.items() if framing is not None}

    def framing(self, family: FamilyName) -> Any:
        """How a model of `family` is asked: one that sees as a decoder, for tasks of text alone.

        Raises `InputError` naming the families that can.
        """
        able = self.framings()
        if family == "vision-language" and family not in able and "decoder" in able:
            return able["decoder"]  # of text alone
        try:
            return able[family]
        except KeyError:
            raise InputError(
                f"{self.name} cannot be done by a model of the {family} family; it can by: {', '.join(able)}"
            ) from None
