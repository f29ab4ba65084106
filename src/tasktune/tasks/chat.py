"""Dialogue: give the assistant's next turn in a conversation, in the model's own chat template.

Record            `messages`, the turns so far (system, user, assistant, tool); the answer is the assistant's next one
Encoder, enc-dec  cannot
Decoder           the conversation in the model's template; loss on every turn of the assistant, and on nothing else
Metric            perplexity on the assistant's tokens, bits per character
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from tasktune.answers import ROLES, Message
from tasktune.core import Record, Row, Task
from tasktune.framings import Text
from tasktune.metrics.likelihood import perplexity


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat(Record):
    """The turns up to the assistant's answer, and that answer."""

    messages: tuple[Message, ...]
    aliases: ClassVar = {
        "messages": ("conversations", "conversation", "dialog", "turns"),
        "text": ("prompt", "question"),
        "answer": ("completion", "response"),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: a list of {role, content}, or a text as what the user says first.

        Where the last turn is the assistant's, it is the answer; an `answer` of the row's own comes first.
        """
        given = row.get("messages")
        if given is None:
            given = row.string("text")
        if isinstance(given, str):
            given = [{"role": "user", "content": given}]
        if not isinstance(given, list | tuple) or not given:
            raise row.refuse(f"'messages' must be a list of {{role, content}}, but is {given!r}")
        turns = tuple(_message(row, turn) for turn in given)
        answer = row.optional("answer")
        if answer is None and turns[-1].role == "assistant":
            turns, answer = turns[:-1], turns[-1].content
        if not turns:
            raise row.refuse("a conversation must have a turn before the assistant's answer")
        return cls(messages=turns, answer=answer, id=row.id)


def _message(row: Row, given: Any) -> Message:
    match given:
        case {"role": str(role), "content": str(content)} if role in ROLES:
            return Message(role, content)
    raise row.refuse(f"a turn must be {{role, content}} with a role of {', '.join(ROLES)}, but is {given!r}")


turns = Text[Chat](prompt=lambda record: record.messages, separator="", max_new_tokens=256)

TASK = Task(
    name="chat",
    record=Chat,
    encoder=None,
    decoder=turns,
    encoder_decoder=None,
    metric=perplexity,
    example=(
        Chat(messages=(Message("user", "What is the capital of France?"),), answer="Paris."),
        Chat(
            messages=(
                Message("system", "You answer in one word."),
                Message("user", "Which animal barks?"),
                Message("assistant", "Dog."),
                Message("user", "And which one meows?"),
            ),
            answer="Cat.",
        ),
        Chat(messages=(Message("user", "Say hello in German."),), answer="Hallo!"),
        Chat(messages=(Message("user", "2 + 2?"),), answer="4"),
    ),
)
