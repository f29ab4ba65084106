"""Visual question answering: answer a question about one picture, or several.

Record            `images` and a `question`; the answer is words, `answers` are those of all annotators (VQA has ten)
Others            cannot
Vision-language   the answer: written, or where the training data show few, that of them which has the highest log p
Metric            VQA accuracy, by the official rules for what is the same answer, and exact match

Read are easy-VQA's `questions.json`, JSON lines, CSV and Parquet with a picture's path or bytes in a column, and conversations,
LLaVA's and OpenAI's, of which each question is a record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Prompt, Text
from tasktune.images import Image, plain
from tasktune.metrics.vqa import vqa_accuracy
from tasktune.notations.pictures import COLUMNS, images_of
from tasktune.notations.seen_turns import questions_of

FEW = 100
"""So many answers are compared with one another for each question; where there are more, they are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VQA(Record):
    """A question, the pictures that it is about, and every annotator's answer where there are several."""

    question: str
    images: tuple[Image, ...]
    answers: tuple[str, ...] = ()
    aliases: ClassVar = {
        "question": ("text", "query", "prompt", "1"),
        "images": (*COLUMNS, "3"),
        "answer": ("multiple_choice_answer", "label", "2"),
        "id": ("question_id", "qid"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. Of several answers, that which most gave is the answer."""
        answers = tuple(_answer(row, one) for one in row.get("answers") or ())
        said = row.name("answer")
        return cls(
            question=row.string("question"),
            images=images_of(row),
            answers=answers,
            answer=Counter(answers).most_common(1)[0][0] if said is None and answers else said,
            id=row.id,
        )

    @classmethod
    def several(cls, row: Row) -> Iterable[Self]:
        """A record a question, where the row is a conversation."""
        return map(cls.from_row, questions_of(row))


def _answer(row: Row, given: Any) -> str:
    match given:
        case str(answer) | {"answer": str(answer)}:
            return answer
    raise row.refuse(f"'answers' must be texts or {{answer}}, but one is {given!r:.80}")


words = Text[VQA](
    prompt=lambda record: Prompt(record.question, after="\nAnswer:", keep="end", images=record.images),
    names=lambda record: (record.answer,),
    closed_up_to=FEW,
    max_new_tokens=16,
)

_RED, _BLUE = (plain(colour) for colour in ("#d02020", "#2040d0"))

TASK = Task(
    name="vqa",
    record=VQA,
    encoder=None,
    decoder=None,
    encoder_decoder=None,
    vision_language=words,
    metric=vqa_accuracy,
    example=(
        VQA(question="What colour is it?", images=(_RED,), answer="red"),
        VQA(question="What colour is it?", images=(_BLUE,), answer="blue"),
        VQA(question="Is it red?", images=(_BLUE,), answer="no", answers=("no",) * 9 + ("not at all",)),
        VQA(question="Are both of one colour?", images=(_RED, _RED), answer="yes"),
    ),
)
