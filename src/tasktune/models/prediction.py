"""An answer as people see it: as JSON, highlighted in a notebook, highlighted in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from colorsys import hls_to_rgb
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

from tasktune.core import Answer, Dependency, Record, Span, WordTag
from tasktune.heads.base import Scored
from tasktune.notations.columns import as_columns
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
        fields = record_as_json(self.record)
        if "answer" in fields:
            fields["gold"] = fields.pop("answer")
        fields["answer"] = answer_as_json(self.answer, self.text, self.scored.scores)
        if self.scored.interval is not None:
            return {**fields, "interval": list(self.scored.interval)}
        others = [{"answer": answer_as_json(answer, self.text), "score": score} for answer, score in self.scored.others]
        return {**fields, "score": self.score, **({"others": others} if others else {})}

    def as_columns(self) -> dict[str, Any]:
        """The record's words with what the answer says of each, as CoNLL and CoNLL-U have them."""
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

        Of a tree, each word is marked with its relation.
        """
        parts = self.answer if isinstance(self.answer, tuple) else (self.answer,)
        places = [part for part in parts if isinstance(part, Span | WordTag | Dependency)]
        if len(places) < len(parts):
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
