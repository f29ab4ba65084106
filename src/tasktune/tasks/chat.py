"""Dialogue: give the assistant's next turn in a conversation, in the model's own chat template.

Record            `messages`, the turns so far (system, user, assistant, tool), and `tools` that may be called; the answer is the
                  assistant's next turn, calls of tools spelled behind its words (`notations.tool_calls`). A `system` prompt or a
                  `persona` of the row's own is a system turn. `instructions` are such as rules can verify, IFEval's. Turns may
                  show pictures, to models that see (`notations.contents`)
Encoder, enc-dec  cannot
Decoder           the conversation in the model's template; loss on every turn of the assistant, and on nothing else
Metric            perplexity on the assistant's tokens, bits per character; where there are instructions, how many are followed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from tasktune.answers import ROLES, Instruction, Message
from tasktune.core import InputError, Record, Row, Task
from tasktune.framings import Text
from tasktune.metrics.following import following
from tasktune.metrics.instructions import instructions_of
from tasktune.metrics.likelihood import perplexity
from tasktune.notations.contents import Part, parts_of, with_images
from tasktune.notations.tool_calls import calls_of, paired, spelled, tools_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat(Record):
    """The turns up to the assistant's answer, and that answer."""

    messages: tuple[Message, ...]
    tools: tuple[Mapping[str, Any], ...] = ()
    instructions: tuple[Instruction, ...] = ()
    aliases: ClassVar = {
        "messages": ("conversations", "conversation", "dialog", "dialogue", "history"),
        "turns": (),
        "images": ("image", "image_path"),
        "system": ("system_prompt",),
        "persona": ("personality", "personas"),
        "text": ("prompt", "question"),
        "instructions": ("instruction_id_list",),
        "kwargs": (),
        "answer": ("completion", "response"),
        "candidates": (),
        "id": ("key",),
    }

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: a list of {role, content}, of texts by turns, or a text as what the user says first.

        Where the last turn is the assistant's, it is the answer; an `answer` of the row's own comes first. Of PersonaChat's
        `candidates` it is the last.
        """
        turns = _turns(row)
        answer = row.optional("answer")
        if answer is None and (candidates := row.strings("candidates")):
            answer = candidates[-1]
        if answer is None and turns[-1].role == "assistant":
            *turns, last = turns
            answer = _said(last)
        if not turns:
            raise row.refuse("a conversation must have a turn before the assistant's answer")
        try:
            tools = tools_of(row.get("tools"))
        except InputError as wrong:
            raise row.refuse(str(wrong)) from None
        messages = (*_opening(row, turns), *turns)
        return cls(messages=messages, tools=tools, instructions=instructions_of(row), answer=answer, id=row.id)


def _turns(row: Row) -> list[Message]:
    given = row.get("messages")
    if given is None and (asked := row.get("turns")) is not None:
        if isinstance(asked, list) and len(asked) > 1 and isinstance(asked[0], str):
            raise row.refuse("'turns' are questions alone, of which the second needs an answer to the first; give `messages`")
        given = asked
    if given is None:
        given = row.string("text")
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list | tuple) or not given:
        raise row.refuse(f"'messages' must be a list of {{role, content}}, but is {given!r}")
    if all(isinstance(turn, str) for turn in given):
        given = [{"role": ROLES[1 + k % 2], "content": turn} for k, turn in enumerate(given)]
    return paired(with_images(row, [_turn(row, turn) for turn in given]))


def _turn(row: Row, given: Any) -> tuple[Message, list[Part]]:
    """A turn, without what it says and shows, and the parts of that."""
    match given:
        case {"role": str(role), "content": str() | list() | tuple() as content, **others} if role in ROLES:
            more = {str(name): part for name, part in others.items()}
            if calls := more.pop("tool_calls", None):
                try:
                    more["tool_calls"] = calls_of(calls)
                except InputError as wrong:
                    raise row.refuse(str(wrong)) from None
            return Message(role, "", more), parts_of(row, content)
    raise row.refuse(f"a turn must be {{role, content}} with a role of {', '.join(ROLES)}, but is {given!r}")


def _said(last: Message) -> str:
    """The answer that the assistant's last turn is: what it thought between <think> marks, its words, its calls."""
    thought = last.more.get("reasoning_content")
    return f"<think>\n{thought}\n</think>\n\n{spelled(last)}" if thought else spelled(last)


def _opening(row: Row, turns: Sequence[Message]) -> list[Message]:
    """The system turn that a row's own `system` and `persona` make, where the conversation does not begin with one."""
    texts = [text for text in (row.optional("system"), "\n".join(row.texts("persona"))) if text]
    if texts and turns[0].role == "system":
        raise row.refuse("this row has a system turn, and a 'system' or 'persona' of its own; give one of them")
    return [Message("system", "\n".join(texts))] if texts else []


def _offering(record: Chat) -> tuple[Message, ...]:
    """The turns, of which the first offers the tools."""
    first, *others = record.messages
    return (replace(first, more={**first.more, "tools": record.tools}), *others) if record.tools else record.messages


turns = Text[Chat](prompt=_offering, separator="", max_new_tokens=256)

TASK = Task(
    name="chat",
    record=Chat,
    encoder=None,
    decoder=turns,
    encoder_decoder=None,
    metric=perplexity,
    beside=(following,),
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
