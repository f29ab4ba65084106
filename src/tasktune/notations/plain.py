"""Records and answers as plain JSON, the form in which predictions are written and can be read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from math import isfinite
from typing import Any

from tasktune.answers import Answer, Cited, Dependency, Instruction, Link, Message, Reasoned, Span, WordTag
from tasktune.core import Record
from tasktune.images import Image


def as_json(value: Any) -> Any:
    """Anything made of mappings, sequences and plain values as JSON has it: lists for tuples, null for what is no number."""
    match value:
        case Mapping():
            return {name: as_json(part) for name, part in value.items()}
        case list() | tuple():
            return [as_json(part) for part in value]
        case float():
            return value if isfinite(value) else None
    return value


def answer_as_json(answer: Answer, text: str = "", scores: Sequence[float] = ()) -> Any:
    """An answer as JSON. Spans, word tags and links become objects with their surfaces in `text` and their score, if any."""
    if isinstance(answer, Reasoned):
        return {name: part for name, part in asdict(answer).items() if part}
    if isinstance(answer, Cited):
        return {"text": answer.text, "citations": [asdict(mark) for mark in answer.marks]}
    if not isinstance(answer, tuple):
        return answer
    padded = [*scores, *[None] * (len(answer) - len(scores))]
    return [_part_as_json(part, text, score) for part, score in zip(answer, padded, strict=True)]


def _part_as_json(part: object, text: str, score: float | None) -> Any:
    match part:
        case Span(start, end, label):
            place = {"start": start, "end": end, "label": label, "text": text[start:end]}
        case WordTag(start, end, label):
            place = {"start": start, "end": end, "word": text[start:end], "label": label}
        case Dependency(start, end):
            said = {name: value for name, value in asdict(part).items() if name != "form" or value}
            place = {"word": text[start:end], **said}
        case Link(source, target, label):
            ends = {"source": source, "target": target}
            place = {**{name: end and _part_as_json(end, text, None) for name, end in ends.items()}, "label": label}
        case Message():
            place = part.as_json()
        case Image():
            return part.as_text()
        case Instruction():
            place = asdict(part)
        case _:
            return part
    return place if score is None else {**place, "score": score}


def record_as_json(record: Record) -> dict[str, Any]:
    """A record's fields as JSON, without those of which nothing is said. Reads back as the same record."""
    text = getattr(record, "text", "")
    unsaid = {field.name: field.default for field in fields(record)}
    named = {name: getattr(record, name) for name in record.field_names()}
    return {name: answer_as_json(value, text) for name, value in named.items() if value != unsaid[name]}
