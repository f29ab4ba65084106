"""Generative question answering: answer in words, out of a text that is given or of what the model knows (closed-book).

Record            `question`, and the `context` to answer from, if any; the answer is text, "" where there is none in the context;
                  `answers` are all that are accepted
Encoder           cannot
Decoder, enc-dec  the answer, `unanswerable` for none
Metric            exact match and F1, the best of the accepted answers, as SQuAD 2.0 and the open-domain sets count them

The files of NQ-open, WebQuestions, TriviaQA and SQuAD are read as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Labels, Prompt, Text
from tasktune.metrics.answers import open_answers

NONE: Final = "unanswerable"
_SPELLED_NONE = re.compile(rf"\\*{NONE}")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnsweringGenerative(Record):
    """A question, the text that it is asked of, if any, and every answer that is accepted."""

    question: str
    context: str = ""
    answers: tuple[str, ...] = ()
    aliases: ClassVar = {
        "question": ("query", "qtext", "prompt", "input"),
        "context": ("passage", "paragraph", "document"),
        "answers": ("references", "aliases"),
        "answer": ("completion", "target", "output"),
        "id": ("qid", "question_id"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. The answer is the first of those given, "" where the row says that there is none."""
        said = row.get("answer")
        golds = [*_texts(row, "answer"), *(gold for gold in _texts(row, "answers") if gold)]
        if not golds and (row.get("answers") is not None or said is not None or row.get("is_impossible")):
            golds = [""]
        answers = tuple(dict.fromkeys(golds))
        return cls(
            question=row.string("question"),
            context=row.optional("context") or "",
            answer=answers[0] if answers else None,
            answers=answers if len(answers) > 1 else (),
            id=row.id,
        )


def _texts(row: Row, name: str) -> Iterable[str]:
    """The answers of that name: a text, or a list; SQuAD's {text, answer_start}, or a list of those; or {value, aliases}."""
    match row.get(name):
        case None:
            return ()
        case {"value": str(value), "aliases": [*others]}:
            return [value, *_checked(row, name, others)]
        case {"text": str(text)}:
            return [text]
        case {"text": [*given]} | [*given]:
            return _checked(row, name, [one["text"] if isinstance(one, dict) and "text" in one else one for one in given])
        case given:
            return _checked(row, name, [given])


def _checked(row: Row, name: str, given: list[Any]) -> list[str]:
    if wrong := [one for one in given if not isinstance(one, str)]:
        raise row.refuse(f"{name!r} must be a text or a list of texts, but there is {wrong[0]!r:.80}")
    return given


def _prompt(record: QuestionAnsweringGenerative) -> Prompt:
    if record.context:
        asked = f"\nQuestion: {record.question}\nAnswer:"
        return Prompt(record.context, after=asked, prefix=f"question: {record.question} context: ")
    return Prompt(record.question, before="Question: ", after="\nAnswer:", keep="end")


def _write(record: QuestionAnsweringGenerative) -> str:
    """The answer. One that is itself the word for none, with or without backslashes, has a backslash before it."""
    answer: str = record.answer
    return NONE if not answer else f"\\{answer}" if _SPELLED_NONE.fullmatch(answer) else answer


def _read(record: QuestionAnsweringGenerative, written: str, labels: Labels) -> str:
    return "" if written == NONE else written[1:] if _SPELLED_NONE.fullmatch(written) else written


words = Text[QuestionAnsweringGenerative](prompt=_prompt, write=_write, read=_read, max_new_tokens=32)

_LETTER = "Ada Lovelace wrote to Charles Babbage from London in 1843."

TASK = Task(
    name="question-answering-generative",
    record=QuestionAnsweringGenerative,
    encoder=None,
    decoder=words,
    encoder_decoder=words,
    metric=open_answers,
    example=(
        QuestionAnsweringGenerative(question="Who wrote to Babbage?", context=_LETTER, answer="Ada Lovelace"),
        QuestionAnsweringGenerative(question="What did Babbage reply?", context=_LETTER, answer=""),
        QuestionAnsweringGenerative(question="which river flows through basel", answer="Rhine", answers=("Rhine", "the Rhine")),
        QuestionAnsweringGenerative(question="what is the capital of norway", answer="Oslo"),
    ),
)
