"""Extractive question answering: find the stretch of a text that answers a question, or say that none does.

Record            `text` and `question`; the answer is one span in characters, or none; `answers` are all accepted wordings
Encoder           start and end, over windows, against the odds that nothing in the text answers
Decoder, enc-dec  `answer: surface`, found again in the text, or `none`
Metric            F1 and exact match, as SQuAD 2.0 counts them, for Chinese as CMRC 2018 does

`tasktune predict MODEL dev.json | jq -s 'map({(.id): (.answer[0].text // "")}) | add'` gives what the scripts of both read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from tasktune.answers import Span
from tasktune.core import Record, Row, Task
from tasktune.framings import Extract, Labels, Place, Prompt, Text
from tasktune.metrics.answers import answer_f1
from tasktune.notations import lines
from tasktune.notations.line_form import OneSpan
from tasktune.notations.tokens import spans_of

LABEL: Final = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswering(Record):
    """A text, a question about it, where the text answers it, and how else the answer may be worded.

    An answer of `()` with `answers` is one that stands nowhere in the text in those words.
    """

    text: str
    question: str
    answers: tuple[str, ...] = ()
    aliases: ClassVar = {"text": ("context", "passage", "paragraph", "document"), "question": ("query",)}

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: answers with their places, as SQuAD's JSON and `datasets` have them, or in words.

        The answer is the first that stands in the text: at its place, else where it is nearest to that.
        """
        text, given = row.string("text"), row.get("answer")
        golds = list(_golds(row))
        if isinstance(given, str):
            answer, golds = None, golds or [(given, 0)] * bool(given)
        else:
            answer = spans_of(row, text)
        if answer is not None and len(answer) > 1:
            raise row.refuse(f"a question has one answer or none, but here are {len(answer)}; others go into 'answers'")
        if answer is None and (given is not None or row.get("answers") is not None or row.get("is_impossible")):
            answer = next((span for gold in golds for span in _found(text, *gold)), ())
        words = tuple(dict.fromkeys(surface for surface, _ in golds))
        alone = answer and words == (text[answer[0].start : answer[0].end],)
        return cls(text=text, question=row.string("question"), answer=answer, answers=() if alone else words, id=row.id)


def _golds(row: Row) -> Iterable[tuple[str, int]]:
    """The accepted answers of a row, each with the place that it is said to have."""
    given = row.get("answers")
    match given:
        case str(surface):
            given = [surface] * bool(surface)
        case {"text": texts, **rest}:
            given = _paired(row, _listed(texts), rest.get("answer_start"))
    if not isinstance(given or (), list | tuple):
        raise row.refuse(f"'answers' must be a list of texts or of {{text, answer_start}}, but is {given!r}")
    for one in given or ():
        match one:
            case str(surface) | {"text": str(surface)} if surface:
                start = one.get("answer_start") if isinstance(one, dict) else 0
                yield surface, start if isinstance(start, int) else 0
            case _:
                raise row.refuse(f"an answer must be a text, or {{text, answer_start}}, but is {one!r}")


def _paired(row: Row, texts: list[object], starts: object) -> list[dict[str, object]]:
    """Answers and their places out of two columns; where there is no second one, each is looked for from the start."""
    places = [0] * len(texts) if starts is None else _listed(starts)
    if len(places) != len(texts):
        raise row.refuse(f"{len(texts)} answers but {len(places)} 'answer_start'; each answer has one")
    return [{"text": text, "answer_start": start} for text, start in zip(texts, places, strict=True)]


def _listed(given: object) -> list[object]:
    return list(given) if isinstance(given, list | tuple) else [given]


def _found(text: str, surface: str, start: int) -> Iterable[tuple[Span, ...]]:
    """The answer as a span where its words stand in the text, at `start` or nearest to it."""
    places = [
        k for k in (start, text.rfind(surface, 0, max(0, start) + len(surface)), text.find(surface, max(0, start))) if k >= 0
    ]
    nearest = min((k for k in places if text.startswith(surface, k)), key=lambda k: abs(k - start), default=None)
    if nearest is not None:
        yield (Span(nearest, nearest + len(surface), LABEL),)


def _nowhere(record: QuestionAnswering) -> int:
    """1 where there is an answer, but it stands nowhere in the text."""
    return int(bool(record.answers) and not record.answer)


def _write_place(record: QuestionAnswering) -> Place:
    return next(((span.start, span.end) for span in record.answer), None)


def _read_place(record: QuestionAnswering, place: Place, labels: Labels) -> tuple[Span, ...]:
    return () if place is None else (Span(*place, LABEL),)


def _read_line(record: QuestionAnswering, written: str, labels: Labels) -> tuple[Span, ...]:
    return lines.read(record.text, written, (LABEL,))[:1]


place = Extract[QuestionAnswering](
    question=lambda record: record.question,
    text=lambda record: record.text,
    write=_write_place,
    read=_read_place,
    lost=_nowhere,
)
line = Text[QuestionAnswering](
    prompt=lambda record: Prompt(record.text, after=f"\nQuestion: {record.question}"),
    write=lambda record: lines.write(record.text, record.answer),
    read=_read_line,
    separator="\n",
    max_new_tokens=64,
    form=lambda record, labels: OneSpan(record.text, LABEL),
    lost=_nowhere,
)


def _example(text: str, question: str, answer: str) -> QuestionAnswering:
    return QuestionAnswering.from_row(Row({"text": text, "question": question, "answer": answer}))


_LETTER = "Ada Lovelace wrote to Charles Babbage from London in 1843."

TASK = Task(
    name="question-answering",
    record=QuestionAnswering,
    encoder=place,
    decoder=line,
    encoder_decoder=line,
    metric=answer_f1,
    example=(
        _example(_LETTER, "Who wrote to Babbage?", "Ada Lovelace"),
        _example(_LETTER, "Where was Ada Lovelace?", "London"),
        _example(_LETTER, "What did Babbage reply?", ""),
        _example("The Rhine flows through Basel and Cologne.", "Which river flows through Basel?", "Rhine"),
    ),
)
