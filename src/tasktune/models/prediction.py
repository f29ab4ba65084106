"""An answer as people see it: as JSON, highlighted in a notebook, highlighted in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from colorsys import hls_to_rgb
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

from tasktune.answers import Answer, Dependency, Link, Span, WordTag
from tasktune.core import Record
from tasktune.heads.base import Scored
from tasktune.notations.columns import as_columns, columns_of_several
from tasktune.notations.plain import answer_as_json, record_as_json

if TYPE_CHECKING:
    from rich.text import Text


@dataclass(frozen=True, slots=True)
class Prediction:
    """A record and a model's answer to it. `score` is a probability, `None` for a number, which has an `interval` instead."""

    record: Record
    scored: Scored

    @property
    def answer(self) -> Answer:
        """A label, labels, a number, spans, word tags, a tree or text; `None` where the model's words could not be read."""
        return self.scored.answer

    @property
    def score(self) -> float | None:
        """The probability of the answer."""
        return self.scored.score

    @property
    def text(self) -> str:
        """The text that spans point into; empty where the record has none."""
        return str(getattr(self.record, "text", ""))

    def as_json(self) -> dict[str, Any]:
        """The record's fields, its own answer as `gold` where it has one, `answer`, `score` or `interval`, and `others`."""
        return {**self.asked_as_json(), **self.said_as_json()}

    def asked_as_json(self) -> dict[str, Any]:
        """The record's fields, without its own answer."""
        return {name: value for name, value in record_as_json(self.record).items() if name != "answer"}

    def said_as_json(self) -> dict[str, Any]:
        """The record's own answer as `gold` where it has one, and what the model says."""
        gold = {} if self.record.answer is None else {"gold": record_as_json(self.record)["answer"]}
        said = {**gold, "answer": answer_as_json(self.answer, self.text, self.scored.scores)}
        if self.scored.interval is not None:
            return {**said, "interval": list(self.scored.interval)}
        others = [{"answer": answer_as_json(answer, self.text), "score": score} for answer, score in self.scored.others]
        return {**said, "score": self.score, **({"others": others} if others else {})}

    def as_columns(self) -> list[dict[str, Any]]:
        """The words of each of the record's sentences with what the answer says of each, as CoNLL and CoNLL-U have them."""
        return as_columns(self.record, self.answer)

    def _repr_html_(self) -> str:
        """The text with its spans highlighted, or the answer beside the text; everything escaped."""
        marked = "".join(_html(surface, label) for surface, label in self._pieces())
        return f'<div style="line-height:2;white-space:pre-wrap">{marked}</div>'

    def __rich__(self) -> Text:
        """The same for a terminal."""
        from rich.text import Text

        line = Text()
        for surface, label in self._pieces():
            line.append(surface, style=f"black on {colour(label)}" if label else "")
            line.append(f" {label}" if label else "", style=f"bold {colour(label)}" if label else "")
        return line

    def _pieces(self) -> Iterator[tuple[str, str]]:
        """(surface, label) stretches that make up the text and its answer; label empty where nothing is marked.

        Of a tree, each word is marked with its relation. What is linked is marked, and the links stand behind the text.
        """
        parts = self.answer if isinstance(self.answer, tuple) else (self.answer,)
        places = [part for part in parts if isinstance(part, Span | WordTag | Dependency)]
        links = [part for part in parts if isinstance(part, Link)]
        if links:
            ends = {end for link in links for end in (link.source, link.target) if end is not None}
            places = sorted({*places, *ends}, key=lambda place: (place.start, place.end))
        elif len(places) < len(parts):
            yield self.text + " " if self.text else "", ""
            yield "→ ", ""
            yield from ((str(part), "answer") for part in parts)
            return
        done = 0
        for part in places:
            if part.start >= done:
                yield self.text[done : part.start], ""
                yield self.text[part.start : part.end], part.label
                done = part.end
        yield self.text[done:], ""
        for link in links:
            source, target = (end and self.text[end.start : end.end] for end in (link.source, link.target))
            yield "\n→ ", ""
            yield f"{source or '–'} | {target or '–'}", link.label


@dataclass(frozen=True, slots=True)
class MultiTaskPrediction:
    """What a model says of one text in all its tasks: `prediction["ner"]` is its prediction for `ner`."""

    predictions: Mapping[str, Prediction]

    def __getitem__(self, task: str) -> Prediction:
        """The prediction for a task; a `KeyError` for one that was not asked."""
        return self.predictions[task]

    @property
    def text(self) -> str:
        """The text that was read."""
        return next(iter(self.predictions.values())).text

    @property
    def answers(self) -> dict[str, Answer]:
        """The answers by task."""
        return {task: prediction.answer for task, prediction in self.predictions.items()}

    def as_json(self) -> dict[str, Any]:
        """The fields of what was asked, once, and by task what the model says, beside what only this task takes otherwise."""
        shared: dict[str, Any] = {}
        for prediction in self.predictions.values():
            shared = {**prediction.asked_as_json(), **shared}
        own = {
            task: {name: value for name, value in prediction.asked_as_json().items() if shared[name] != value}
            for task, prediction in self.predictions.items()
        }
        said = {task: {**own[task], **prediction.said_as_json()} for task, prediction in self.predictions.items()}
        return {**shared, **said}

    def as_columns(self) -> list[dict[str, Any]]:
        """The words of each sentence with what all tasks say of each, as CoNLL-U has them; entities in MISC."""
        return columns_of_several((each.record, each.answer) for each in self.predictions.values())

    def _repr_html_(self) -> str:
        """The predictions one below the other, each under the name of its task."""
        return "".join(f"<small>{escape(task)}</small>{each._repr_html_()}" for task, each in self.predictions.items())


class Predictions(list[Prediction]):
    """Predictions in the order of their inputs, shown together in a notebook."""

    SHOWN = 50

    def _repr_html_(self) -> str:
        """The first few, highlighted."""
        more = f"<p>… and {len(self) - self.SHOWN} more</p>" if len(self) > self.SHOWN else ""
        return "".join(prediction._repr_html_() for prediction in self[: self.SHOWN]) + more


_SALT = 23508
"""With it before their names, the labels that are used most (those of CoNLL, OntoNotes, WNUT …) lie far apart in hue."""


def colour(label: str) -> str:
    """The colour of a label, a light one of its own hue, the same wherever it appears."""
    hue = int.from_bytes(sha256(f"{_SALT}{label}".encode()).digest()[:2]) / 0xFFFF
    red, green, blue = (round(255 * part) for part in hls_to_rgb(hue, 0.75, 0.65))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _html(surface: str, label: str) -> str:
    if not label:
        return escape(surface)
    style = f"background:{colour(label)};color:#111;border-radius:4px;padding:2px 4px"
    return f'<mark style="{style}">{escape(surface)} <small><b>{escape(label)}</b></small></mark>'
