"""What every head owes: to turn a record into features, features into log p(answer | record), and what comes out into an answer.

Shapes: B features in a batch, T positions of an input, S supervised tokens (labels, words or sub-words), K classes of a closed
set. A long record may make several features (windows); `answer` is given what came out of all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Self

import numpy as np
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from tasktune.answers import Answer
from tasktune.core import Counts, InputError, Lost, Record
from tasktune.framings import Labels
from tasktune.heads.features import Batch, Features, collate_right
from tasktune.recipe import Recipe

FORBIDDEN = -1e9
"""The score of what must not be: finite, since sums of such scores are still compared."""

UNSAYABLE = "parts of answers that no word boundary fits"
Raw = Any
"""What a network said of one feature, on the CPU: log-probabilities as an array (units, K), or a text and its log p."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer and how probable it is.

    `score` is a probability, or `None` where the answer is a number; `scores` are those of its parts (spans, word tags, labels);
    `interval` is a number's 95 % interval; `others` are the next best answers, where more than one was asked for, and how
    probable they are; `lost` says what of the answer was lost, if anything.
    """

    answer: Answer
    score: float | None
    scores: tuple[float, ...] = ()
    interval: tuple[float, float] | None = None
    others: tuple[tuple[Answer, float], ...] = ()
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is learnt about a network's confidence from the dev split.

    `temperature` divides its logits. `thresholds` are what the log odds of an answer against none must reach for it to be given,
    one a choice (a label, where there may be several); 0 where there are none. A number is `center + scale * output`, and wrong
    by `sigma` (standard deviation, in its own unit), where that was measured. `parts` is how many of the parts of a text are
    taken, on average.
    """

    temperature: float = 1.0
    center: float = 0.0
    scale: float = 1.0
    sigma: float | None = None
    thresholds: tuple[float, ...] = ()
    parts: float = 1.0

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """What `dataclasses.asdict` made, by way of JSON. Raises `TypeError` or `KeyError` where it is something else."""
        return cls(**{**given, "thresholds": tuple(given["thresholds"])})

    def threshold(self, choice: int = 0) -> float:
        """The threshold of a choice."""
        return self.thresholds[choice] if self.thresholds else 0.0


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that may be given or withheld: its log odds against none, itself, and what is answered if it is withheld.

    `record` is what both are scored on: of several choices, each has the part of the record's answer that it is about.
    """

    odds: float
    given: Answer
    withheld: Answer
    record: Record


@dataclass(frozen=True, slots=True)
class Units:
    """Closed choices of one record: their log-probabilities (units, K) and right classes (units,), -1 for one not in the set."""

    log_p: np.ndarray[Any, Any]
    gold: np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Head(ABC):
    """Runs one framing on one family of networks."""

    framing: Any
    tokenizer: PreTrainedTokenizerBase
    labels: Labels
    recipe: Recipe
    max_length: int
    calibration: Calibration = Calibration()

    @property
    def closed(self) -> bool:
        """Whether answers are numbers or out of closed sets, so that confidence can be calibrated; else they are text."""
        return True

    @property
    def paces_itself(self) -> bool:
        """Whether `decode` cuts what it is given into passes by itself, and so is best given all there is."""
        return False

    @property
    def classes(self) -> int:
        """How many classes there are of which each target is one; 0 where targets are numbers or words."""
        return 0

    @property
    def in_place(self) -> bool:
        """Whether all that is said of a target is read at its own one of `positions`, so that features can share a row."""
        return False

    @property
    def kept_files(self) -> Mapping[str, bytes]:
        """What a model's folder has beside the weights and the tokenizer, by name, that the model cannot be asked without."""
        return {}

    @property
    def insertable(self) -> Sequence[int]:
        """The tokens that `drawn` may put into features that do not have them."""
        return ()

    def foreseen(self, records: Iterable[Record]) -> Iterable[Record]:
        """The records that will be encoded, or supervised, in their order: what is faster for several is done ahead for them."""
        return records

    @abstractmethod
    def encode(self, record: Record, lost: Lost) -> list[Features]:
        """The inputs that ask for the record's answer. Empty where the policy drops the record."""

    @abstractmethod
    def supervise(self, record: Record, lost: Lost) -> list[Features]:
        """The inputs with the record's own answer as targets."""

    @abstractmethod
    def token_log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log p of each target, (B, S); meaningless where `mask` is 0."""

    @abstractmethod
    def decode(self, net: PreTrainedModel, features: Sequence[Features]) -> list[Raw]:
        """What the network says, one `Raw` a feature."""

    @abstractmethod
    def answer(self, record: Record, raws: Sequence[Raw]) -> Scored:
        """The answer that the network's words for all the record's features make."""

    @abstractmethod
    def ceiling(self, record: Record) -> Answer:
        """What would be answered if the network said just what the record's answer asks of it."""

    def collate(self, features: Sequence[Features]) -> Batch:
        """Features as tensors padded on the right: inputs (B, T), and `positions`, `targets`, `mask` (B, S)."""
        return collate_right(features, self.tokenizer.pad_token_id)

    def drawn(self, features: Features, chance: Random) -> Features:
        """Features to learn from as they are in one epoch: always the same, unless `chance` has a part in them."""
        return features

    def cost(self, features: Features) -> int:
        """The tokens that pass through the network when these features are asked about."""
        return features.length

    def unsayable(self, record: Record) -> int:
        """How many parts of the record's answer the framing cannot say."""
        return 0

    def log_p(self, net: PreTrainedModel, batch: Batch) -> Tensor:
        """log p of each feature's targets, (B,)."""
        return (self.token_log_p(net, batch) * batch["mask"]).sum(1)

    def told(self, net: PreTrainedModel, batch: Batch) -> list[Counts]:
        """What is counted of each feature's targets: -log p as `nats`, and what else a metric of likelihood asks for."""
        return [{"nats": -log_p} for log_p in self.log_p(net, batch).tolist()]

    def characters(self, record: Record) -> int:
        """How many characters a record gives the model to say; 0 where what it says is no text."""
        return 0

    def loss(self, net: PreTrainedModel, batch: Batch, weights: Tensor | None) -> Tensor:
        """Negative log p summed over the batch, each target weighed by `weights` (K,) where given."""
        log_p = self.token_log_p(net, batch) * batch["mask"]
        return -(log_p if weights is None else log_p * weights[batch["targets"].long()]).sum()

    def units(self, record: Record, raws: Sequence[Raw]) -> Units | None:
        """What calibration looks at: each closed choice (a label, a word's tag) in the answer; `None` for open text."""
        return None

    def choices(self, record: Record, raws: Sequence[Raw]) -> tuple[Choice, ...]:
        """What thresholds decide about, of every record the same choices; none where nothing is withheld."""
        return ()


def softmax(log_p: np.ndarray[Any, Any], temperature: float) -> np.ndarray[Any, Any]:
    """Probabilities of log-probabilities (units, K) at a temperature."""
    scaled = log_p / temperature
    raised = np.exp(scaled - scaled.max(-1, keepdims=True))
    probabilities: np.ndarray[Any, Any] = raised / raised.sum(-1, keepdims=True)
    return probabilities


def geometric_mean(probabilities: Sequence[float] | np.ndarray[Any, Any]) -> float:
    """The score of an answer of several parts, out of the probabilities of these: so long answers are not taken for worse."""
    return float(np.exp(np.log(np.clip(probabilities, 1e-30, None)).mean()))


def by_policy(
    head: Head, record: Record, length: int, room: int, windows: Sequence[Features], lost: Lost, split: str = "split"
) -> list[Features]:
    """What the policy leaves of a record that takes `length` tokens, more than there is `room` for, and so came out as `windows`.

    `split` is what the policy of that name does to this kind of input, in the words in which it is counted.
    """
    match head.recipe.lossy:
        case "error":
            raise InputError(
                f"record {record.id or record!r} takes {length} tokens, but there is room for {room}; "
                "allow --lossy split, truncate or drop, or raise --max-length where the model can read more"
            )
        case "drop":
            lost.add("dropped", record.id)
            return []
        case "truncate":
            lost.add("truncated", record.id)
            return list(windows[:1])
        case _:
            lost.add(split, record.id)
            return list(windows)


def places(labels: Labels, names: Sequence[str]) -> np.ndarray[Any, Any]:
    """The classes of label names, -1 for a name that is no label."""
    place = {label: k for k, label in enumerate(labels)}
    return np.array([place.get(name, -1) for name in names], dtype=np.int64)


def in_closed_set(head: Head, record: Record) -> Answer:
    """The record's answer if training data showed that label, else `None`: no output of the head can say it."""
    return record.answer if record.answer in head.labels else None


def choose(head: Head, record: Record, log_p: np.ndarray[Any, Any]) -> Scored:
    """The most probable of the head's labels, given their log-probabilities (1, K), and its calibrated probability."""
    probabilities = softmax(log_p, head.calibration.temperature)[0]
    best = int(probabilities.argmax())
    value = float(probabilities[best])
    return Scored(head.framing.read(record, head.labels[best], head.labels), value)
