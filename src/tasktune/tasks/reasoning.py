"""Reasoning: answer a question step by step, in a chain of thought (Wei et al. 2022).

Record            `question`, `choices` if any, the `kind` of answer; the answer is a final answer, and the reasoning behind it
Encoder           cannot
Decoder, enc-dec  the reasoning, and `The answer is 42.` on a line behind it, from which the final answer is read by rule
Metric            accuracy of the final answer; of several (`--n-best 8 --temperature 0.7`) also maj@8, that of the majority,
                  which is then what is answered, and how many agree with it

Answers are read as numbers, letters of choices, yes or no, or words. The files of GSM8K, SVAMP, AQuA, MATH, CommonsenseQA, ARC,
MMLU and BIG-bench Hard are read as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from tasktune.answers import Reasoned
from tasktune.core import Record, Row, Task
from tasktune.framings import Labels, Prompt, Text
from tasktune.metrics.reasoning import majority, reasoning
from tasktune.notations.conclusions import KINDS, LETTERS, canonical, kind_of, parted, read, write
from tasktune.notations.options import letter_of, options_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoning(Record):
    """A question, the choices that it leaves, and of what `kind` its answer is ("" where that is to be seen from the answer)."""

    question: str
    choices: tuple[str, ...] = ()
    kind: str = ""
    aliases: ClassVar = {
        "question": ("problem", "input", "prompt"),
        "body": ("context", "passage"),
        "choices": ("options",),
        "rationale": ("solution", "explanation", "cot", "chain_of_thought"),
        "answer": ("answerkey", "correct", "target", "final_answer", "label", "output"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. Where answer and reasoning are one text (GSM8K, MATH), they are parted by rule."""
        asked = row.get("question")
        inner = asked if isinstance(asked, dict) else {}  # CommonsenseQA's own files
        row = Row({**row.values, **inner, "question": inner["stem"]}, row.where) if inner.get("stem") else row
        choices = options_of(row, "choices")
        question = " ".join(part for part in (row.optional("body"), row.string("question")) if part)
        kind = row.optional("kind") or ""
        if kind not in ("", *KINDS):
            raise row.refuse(f"the kind of an answer is one of {', '.join(KINDS)}, but is {kind!r}")
        said = _answer(row)
        if said is None:
            return cls(question=question, choices=choices, kind=kind or "choice" * bool(choices), id=row.id)
        kind = kind or ("choice" if choices else kind_of(said.answer))
        answer = canonical(said.answer, kind, choices)
        if answer is None:
            raise row.refuse(f"the answer {said.answer!r} is no {kind}" + (f" of {len(choices)}" if choices else ""))
        return cls(question=question, choices=choices, kind=kind, answer=Reasoned(answer, said.rationale), id=row.id)


def _answer(row: Row) -> Reasoned | None:
    """The final answer that a row gives, not yet as it is always spelled, and the reasoning; `None` where it gives no answer."""
    given, rationale = row.get("answer"), (row.optional("rationale") or "").strip()
    match given:
        case {"answer": str(answer), **rest}:
            return Reasoned(answer, str(rest.get("rationale", "")))
        case bool():
            return Reasoned("yes" if given else "no", rationale)
        case int() | float():
            return Reasoned(letter_of(row, "choices", given), rationale)
    text = row.optional("answer")
    if text is not None and rationale:
        return Reasoned(letter_of(row, "choices", text), rationale)
    whole = rationale if text is None else text
    before, conclusion = parted(whole)
    if conclusion:
        return Reasoned(conclusion, before)
    if text is None and rationale:
        raise row.refuse("the reasoning comes to no answer ('The answer is …', '#### …'), and there is no 'answer' beside it")
    return None if text is None else Reasoned(letter_of(row, "choices", text))


def _prompt(record: Reasoning) -> Prompt:
    offered = "".join(f"\n({letter}) {choice}" for letter, choice in zip(LETTERS, record.choices, strict=False))
    return Prompt(record.question, after=f'{offered}\nThink step by step, and end with "The answer is".\n', keep="end")


def _read(record: Reasoning, written: str, labels: Labels) -> Reasoned | None:
    return read(written, record.kind, record.choices)


thought = Text[Reasoning](
    prompt=_prompt,
    write=lambda record: write(record.answer),
    read=_read,
    separator="",
    max_new_tokens=320,
    elect=majority,
)


def _example(question: str, answer: Any, **others: Any) -> Reasoning:
    return Reasoning.from_row(Row({"question": question, "answer": answer, **others}))


TASK = Task(
    name="reasoning",
    record=Reasoning,
    encoder=None,
    decoder=thought,
    encoder_decoder=thought,
    metric=reasoning,
    example=(
        _example("Ada has 3 pens and buys 4 more. How many has she?", "She has 3 + 4 = 7 pens.\n#### 7"),
        _example("A book costs $12 and a pen $1.50. What do both cost?", "$13.50", rationale="12 + 1.5 = 13.5."),
        _example("What do fish breathe with?", "gills", choices=["lungs", "gills", "leaves"]),
        _example("Is 7 a prime number?", True, rationale="Only 1 and 7 divide 7."),
    ),
)
