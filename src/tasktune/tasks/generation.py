"""Text generation: go on from a prompt, or from nothing, in the manner of the training texts.

Record            `prompt` (may be empty); the answer is what follows it. A row with `text` alone is raw text to learn from;
                  `instruction` and `input` (Alpaca) make up a prompt
Encoder           cannot
Decoder, enc-dec  the text; loss on what follows the prompt only
Metric            perplexity, bits per character; of what is written, which only `evaluate` takes the time for, distinct-1 and -2
                  and repetition, on the first 200 texts (raw ones are gone on with from their beginning, half or 50 words)

A long text is learnt and measured in windows. `--format whole` reads a file as one text (a book), where otherwise blank lines or
`<|endoftext|>` part texts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Prompt, Text
from tasktune.metrics.diversity import diversity
from tasktune.metrics.likelihood import perplexity
from tasktune.notations.words import words

BEGUN: Final = 50
"""Words of a raw text that are given to go on from, at most (Welleck et al. 2020 give 50 tokens)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation(Record):
    """A prompt and its continuation."""

    prompt: str = ""
    aliases: ClassVar = {
        "instruction": (),
        "input": (),
        "text": (),
        "answer": ("completion", "output", "response", "target"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: prompt and completion (of which one may be missing), or raw text."""
        prompt, answer = _prompt(row), row.optional("answer")
        if prompt is None and answer is None:
            return cls(answer=row.string("text"), id=row.id)
        if prompt is None:
            prompt = row.optional("text")
        return cls(prompt=prompt or "", answer=answer, id=row.id)


def _prompt(row: Row) -> str | None:
    """The prompt, or the instruction and, on a line of its own, what it is about."""
    given = row.optional("prompt")
    asked = "\n".join(part for part in (row.optional("instruction"), row.optional("input")) if part)
    return (asked or None) if given is None else given


def _begun(record: Generation) -> Generation | None:
    """The record to write on: as it is, or where there is no prompt, with the beginning of the text as one."""
    if record.prompt:
        return record
    first = words(record.answer[: 100 * BEGUN] if record.answer else "")
    given = min(BEGUN, len(first) // 2)
    if not given:
        return None
    end = first[given - 1][1]
    return replace(record, prompt=record.answer[:end], answer=record.answer[end:])


free = Text[Generation](prompt=lambda record: Prompt(record.prompt, keep="end"), separator="", max_new_tokens=128)

TASK = Task(
    name="generation",
    record=Generation,
    encoder=None,
    decoder=free,
    encoder_decoder=free,
    metric=perplexity,
    beside=(replace(diversity, asked=_begun),),
    example=(
        Generation(prompt="Once upon a time", answer=" there was a fox who could not swim."),
        Generation(prompt="The recipe needs", answer=" two eggs and a cup of flour."),
        Generation(answer="The lamp went out, and nobody spoke."),
        Generation(prompt="Dear Sir,\n", answer="I write about the broken gate."),
    ),
)
