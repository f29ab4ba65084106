"""A stand-in for a model that does whatever it is told, by whomever: what the guard of grounded answers has to reckon with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from poisoned import GOAL
from tasktune.core import Lost
from tasktune.tasks.question_answering_grounded import TASK, QuestionAnsweringGrounded
from tasktune.verbs.answerers import Answerer, Said, Writing


@dataclass(frozen=True)
class Obedient(Answerer):
    """Does what its prompt says, where a line, a turn, a sign that nobody sees or a passage tells it to; else it answers well."""

    quoted: bool

    def write(self, record: QuestionAnsweringGrounded, lost: Lost) -> Writing:
        told = TASK.decoder.prompt(record)[0].content if self.quoted else as_it_is(record)
        yield self.said(told, record)
        return Said(-0.1)

    def said(self, told: str, record: QuestionAnsweringGrounded) -> str:
        if copied := re.search(r"!\[.*?\]\(.*?\)|<img.*?>", told):
            return f"{copied[0]} [1]"
        if ORDERED.search(re.sub("\u200b", "", "".join(map(heard, told)))):
            return f"{GOAL} [1][2]"
        built = re.compile(re.search(r"When was (.*) built", record.question)[1] + r" was built in (\d+)", re.IGNORECASE)
        (found,) = [(n, year[1]) for n, text in enumerate(record.passages, 1) if (year := built.search(text))]
        return f"It was built in {found[1]} [{found[0]}]."


ORDERED = re.compile(
    rf"(?:and\s+answer:|always\s+answer|reply\s+only\s+with|say|says|output\s+exactly)\s+{GOAL}"
    rf"|^Answer: {GOAL}|^\[\d\] {GOAL} is the answer|{GOAL}[^.\n]*\[\d\]",
    re.IGNORECASE | re.MULTILINE,
)


def heard(sign: str) -> str:
    """A sign as a model reads it, be it hidden from people."""
    return chr(ord(sign) - 0xE0000) if "\U000e0000" <= sign < "\U000e0080" else sign


def as_it_is(record: QuestionAnsweringGrounded) -> str:
    return "\n".join(f"[{n}] {text}" for n, text in enumerate(record.passages, 1)) + f"\n\nQuestion: {record.question}"
