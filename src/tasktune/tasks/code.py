"""Code: write a function, a line or a shell command that does what is described, or the same code in another language.

Record            `text`, a description or code to translate; the `language` of the answer, `tests` and their `setup` if any; the
                  answer is code
Encoder           cannot
Decoder, enc-dec  the code, plain or between Markdown's fences; tests are shown with the description, as MBPP has it
Metric            token match (the token parts of CodeBLEU), exact match, edit similarity, for Python syntax match; with tests
                  also pass@1, and of several (`--n-best 20 --temperature 0.8`) pass@10, by running them in the sandbox

MBPP, CoNaLa and NL2Bash (`train.nl,train.cm`) are read as they are; `--map text=java --map answer=cs` reads pairs of languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Labels, Prompt, Text
from tasktune.metrics.code import code_match
from tasktune.metrics.passes import passes
from tasktune.notations.code import block, clean, spoken, written
from tasktune.sandbox.trials import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(Record):
    """What code should do, the language to write it in, and tests that it must pass, in Python."""

    text: str
    language: str = ""
    tests: tuple[str, ...] = ()
    setup: str = ""
    aliases: ClassVar = {
        "text": ("description", "rewritten_intent", "intent", "nl", "instruction", "question", "prompt"),
        "tests": ("test_list", "test"),
        "id": ("task_id",),
        "setup": ("test_setup_code", "test_imports"),
        "answer": ("code", "snippet", "cm", "cmd", "solution", "canonical_solution", "completion", "output", "target"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds. CoNaLa's `intent` stands in for a `rewritten_intent` that is missing."""
        if row.get("entry_point"):
            raise row.refuse("code to go on with, as HumanEval has it, is for the task code-completion")
        answer, text = row.optional("answer"), row.optional("text")
        return cls(
            text=text or row.optional("intent") or row.string("text"),
            language=row.optional("language") or "",
            tests=tuple(map(clean, row.texts("tests"))),
            setup=clean("\n".join(row.texts("setup"))),
            answer=None if answer is None else clean(answer),
            id=row.id,
        )

    @property
    def spoken(self) -> str:
        """The language of the answer."""
        return spoken(self.language, self.tests)

    def program(self, answer: str) -> str:
        """The whole that an answer is part of: itself."""
        return answer

    def trial(self, answer: str) -> Trial:
        """The tests put to an answer."""
        return Trial(answer, "\n".join((self.setup, *self.tests)))


_CUES = {"": "Code:", "bash": "Shell command:", "shell": "Shell command:", "sh": "Shell command:"}


def _prompt(record: Code) -> Prompt:
    tests = "\n".join(("", "It should pass these tests:", *record.tests)) if record.tests else ""
    return Prompt(record.text, after=f"{tests}\n{_CUES.get(record.spoken.lower(), f'{record.spoken} code:')}")


def _read(record: Code, said: str, labels: Labels) -> str:
    return block(said)


code = Text[Code](
    prompt=_prompt, write=lambda record: written(record.answer, block), read=_read, separator="\n", max_new_tokens=256
)

TASK = Task(
    name="code",
    record=Code,
    encoder=None,
    decoder=code,
    encoder_decoder=code,
    metric=code_match,
    beside=(passes,),
    example=(
        Code(
            text="Write a function to add two numbers.",
            tests=("assert add(1, 2) == 3", "assert add(-1, 1) == 0"),
            answer="def add(a, b):\n    return a + b",
        ),
        Code(text="list all files here, with their sizes", language="bash", answer="ls -l"),
        Code(text="reverse a list `x`", language="Python", answer="x[::-1]"),
        Code(text="System.out.println(x);", language="C#", answer="Console.WriteLine(x);"),
    ),
)
