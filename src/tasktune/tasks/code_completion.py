"""Code completion: go on with code, or fill in what is missing between two pieces of it.

Record            `prompt`, the code so far; `suffix`, what comes behind, if anything; `tests`, the `entry_point` that they test;
                  the answer is what stands between
Encoder           cannot
Decoder, enc-dec  the code, cut at the end of the function it goes on with; between prompt and suffix in the model's own special
                  tokens for that (StarCoder, CodeLlama, Qwen, DeepSeek, CodeGemma …) where it has them
Metric            token match (the token parts of CodeBLEU), exact match, edit similarity, for Python syntax match; with tests
                  also pass@1, and of several (`--n-best 20 --temperature 0.8`) pass@10, by running them in the sandbox

HumanEval, and its variants for infilling, are read as they are.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Labels, Prompt, Text
from tasktune.metrics.code import code_match
from tasktune.metrics.passes import passes
from tasktune.notations.code import body, clean, spoken, written
from tasktune.sandbox.trials import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCompletion(Record):
    """Code with a place to go on from, its language, and what tests the whole, in Python."""

    prompt: str
    suffix: str = ""
    language: str = ""
    tests: str = ""
    entry_point: str = ""
    aliases: ClassVar = {
        "prompt": ("prefix", "left_context", "input"),
        "suffix": ("right_context",),
        "id": ("task_id",),
        "tests": ("test",),
        "answer": ("canonical_solution", "completion", "middle", "groundtruth", "gt", "output", "target"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds."""
        given = {name: clean(row.optional(name) or "") for name in ("suffix", "language", "tests", "entry_point")}
        answer = row.optional("answer")
        return cls(prompt=clean(row.string("prompt")), answer=None if answer is None else clean(answer), id=row.id, **given)

    @property
    def spoken(self) -> str:
        """The language of the answer."""
        return spoken(self.language, self.tests)

    def program(self, answer: str) -> str:
        """The whole that an answer is part of."""
        return self.prompt + answer + self.suffix

    def trial(self, answer: str) -> Trial:
        """The tests put to an answer; HumanEval's are a function `check` of the one that they test.

        Where the prompt is a program already, tests use what it defines as it stands there: helpers beside the entry point.
        """
        calls = f"\ncheck({self.entry_point})" if "def check(" in self.tests else ""
        return Trial(self.program(answer), self.tests + calls, self.prompt if _is_python(self.prompt) else "", self.entry_point)


def _is_python(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _prompt(record: CodeCompletion) -> Prompt:
    """The code so far; what comes behind it stands before, for models that were not taught to fill in."""
    before = f"This comes at the end:\n{record.suffix}\n\nThis comes before it:\n" if record.suffix else ""
    return Prompt(record.prompt, before=before, keep="end", suffix=record.suffix)


def _read(record: CodeCompletion, said: str, labels: Labels) -> str:
    return body(said)


completion = Text[CodeCompletion](
    prompt=_prompt, write=lambda record: written(record.answer, body), read=_read, separator="", max_new_tokens=256
)

_MEAN = 'def mean(numbers):\n    """The mean of some numbers."""\n'

TASK = Task(
    name="code-completion",
    record=CodeCompletion,
    encoder=None,
    decoder=completion,
    encoder_decoder=completion,
    metric=code_match,
    beside=(passes,),
    example=(
        CodeCompletion(
            prompt=_MEAN,
            tests="def check(candidate):\n    assert candidate([1, 2, 3]) == 2\n",
            entry_point="mean",
            answer="    return sum(numbers) / len(numbers)\n",
        ),
        CodeCompletion(prompt="for name in ", suffix=":\n    print(name)\n", language="Python", answer="names"),
        CodeCompletion(prompt="int twice(int x) {\n", language="C", answer="  return 2 * x;\n}\n"),
        CodeCompletion(prompt="import ", answer="numpy as np"),
    ),
)
