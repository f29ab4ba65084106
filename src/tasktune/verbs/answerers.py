"""Who answers a question from passages: a model that writes, or an encoder that finds the answer in them.

An `Answerer` is given a record of `question-answering-grounded` and writes, piece by piece. A third kind, which asks a server, is
in `verbs.endpoint`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from tasktune import recipe as recipes
from tasktune.answers import Cited, Mark
from tasktune.core import InputError, Lost
from tasktune.models.folder import FACTS, read_facts
from tasktune.notations import citations
from tasktune.tasks import task
from tasktune.tasks.question_answering_grounded import QuestionAnsweringGrounded

if TYPE_CHECKING:
    from tasktune.models.model import Model

GROUNDED = "question-answering-grounded"
EXTRACTIVE = "question-answering"


@dataclass(frozen=True, slots=True)
class Said:
    """What was answered and how sure the answerer is of it: the mean log p of its tokens, `None` where it does not tell.

    `places` are the stretches of the passages, by number, that the answer is.
    """

    log_p: float | None
    places: Mapping[int, tuple[int, int]] = field(default_factory=dict)


Writing = Generator[str, None, Said]
"""An answer as it is written, with its marks; at last how sure it is."""


class Answerer(ABC):
    """Answers questions from passages."""

    @abstractmethod
    def write(self, record: QuestionAnsweringGrounded, lost: Lost) -> Writing:
        """The answer with its marks (`notations.citations`), piece by piece; `lost` gathers what could not be read."""


@final
@dataclass(frozen=True, slots=True)
class Writer(Answerer):
    """A decoder or encoder-decoder, tuned for grounded answers or as it comes."""

    model: Model

    def write(self, record: QuestionAnsweringGrounded, lost: Lost) -> Writing:
        """As it is written."""
        scored = yield from self.model.write(record, lost)
        return Said(log(max(scored.score or 0.0, 1e-30)))


@final
@dataclass(frozen=True, slots=True)
class Extractor(Answerer):
    """An encoder tuned to find answers in a text: of all passages, the stretch that it is surest of. It writes in one piece."""

    model: Model

    def write(self, record: QuestionAnsweringGrounded, lost: Lost) -> Writing:
        """The stretch and the mark of its passage; where no passage has one, that they do not say."""
        asked = [{"text": text, "question": record.question} for text in record.passages]
        found: list[tuple[float, int, Any]] = [
            (each.score or 0.0, n, each.answer) for n, each in enumerate(self.model.stream(asked, lost), 1)
        ]
        spans = [(score, n, answer[0]) for score, n, answer in found if answer]
        if not spans:
            yield citations.NONE
            return Said(log(max(min((score for score, _, _ in found), default=1.0), 1e-30)))
        score, number, span = max(spans, key=lambda one: (one[0], -one[1]))
        text = record.passages[number - 1][span.start : span.end]
        yield citations.write(Cited(text, (Mark(len(text), number),)))
        return Said(log(max(score, 1e-30)), {number: (span.start, span.end)})


def answerer(generator: Answerer | Model | Path | str, changes: Mapping[str, Any] | None = None, name: str = "") -> Answerer:
    """Who is meant: the address of a server (`http://127.0.0.1:8000/v1`) and the `name` of a model there; a model already opened;
    the folder of one tuned for grounded answers or for extractive question answering; or the name of one as it comes.

    `changes` are to its recipe. Raises `InputError` where it is tuned for something else.
    """
    if isinstance(generator, str) and generator.startswith(("http://", "https://")):
        from tasktune.verbs.endpoint import endpoint

        return endpoint(generator, name, changes)
    if isinstance(generator, Answerer):
        return generator
    from tasktune.models.model import Model, as_it_comes, load  # loads torch, which a server's answers do without

    if isinstance(generator, Model):
        return _of(generator, generator.task.name)
    if not (Path(generator) / FACTS).is_file():
        recipe = recipes.of(changes or {}, "the options")
        return Writer(as_it_comes(task(GROUNDED), str(generator), lambda _: (), recipe))
    facts = read_facts(Path(generator))
    if facts.get("task") not in (GROUNDED, EXTRACTIVE):
        raise _other(generator, str(facts.get("task") or "+".join(facts.get("tasks", ()))))
    return _of(load(generator, changes), str(generator))


def _of(model: Model, named: str) -> Answerer:
    match model.task.name:
        case "question-answering-grounded":
            return Writer(model)
        case "question-answering" if model.family == "encoder":
            return Extractor(model)
    raise _other(named, model.task.name)


def _other(generator: object, does: str) -> InputError:
    return InputError(
        f"{generator} is tuned for {does}, and answers no questions from passages; tune one (tasktune fit {GROUNDED}, or fit "
        f"{EXTRACTIVE} with an encoder), or ask one as it comes (--generator smollm2)"
    )
