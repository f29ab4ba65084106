"""Docstrings: say in words what a piece of code does.

Record            `code`, and its `language`; the answer is its docstring
Encoder           cannot
Decoder, enc-dec  the words
Metric            ROUGE-1, -2, -L, -Lsum (F-measure)

CodeSearchNet's and CodeXGLUE's files are read as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Prompt, Text
from tasktune.metrics.rouge import rouge


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDocstring(Record):
    """A piece of code, and what it does."""

    code: str
    language: str = ""
    references: tuple[str, ...] = ()
    aliases: ClassVar = {
        "code": ("function", "func_code_string", "whole_func_string", "snippet", "text", "source", "cm"),
        "answer": ("docstring", "func_documentation_string", "comment", "summary", "description", "intent", "nl", "target"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds."""
        return cls(
            code=row.string("code"),
            language=row.optional("language") or "",
            references=row.strings("references") or (),
            answer=row.optional("answer"),
            id=row.id,
        )


words = Text[CodeDocstring](prompt=lambda record: Prompt(record.code, after="\nWhat it does:"), max_new_tokens=96)

TASK = Task(
    name="code-docstring",
    record=CodeDocstring,
    encoder=None,
    decoder=words,
    encoder_decoder=words,
    metric=rouge,
    example=(
        CodeDocstring(code="def add(a, b):\n    return a + b", language="Python", answer="Add two numbers."),
        CodeDocstring(code="def first(items):\n    return items[0]", answer="The first item."),
        CodeDocstring(code="ls -l", language="bash", answer="List all files here, with their sizes."),
        CodeDocstring(code="int twice(int x) { return 2 * x; }", language="C", answer="Twice a number."),
    ),
)
