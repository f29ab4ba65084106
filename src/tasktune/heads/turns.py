"""Conversations in a model's own chat template, and which of the rendered text is the assistant's.

A template is a program that may do what it likes with earlier turns, and few mark the assistant's (`{% generation %}`). So
nothing is assumed of its text: a turn of the assistant is what stands between the conversation rendered up to it, with the
generation prompt, just as the model is asked when it serves, and the conversation rendered with it.

Calls of tools, and the tools that the first turn offers (`tools` in its `more`), are written in the template's own form. A
template that has none for them is given ours within the text (`notations.tool_calls`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from transformers import PreTrainedTokenizerBase

from tasktune.answers import Message
from tasktune.core import InputError
from tasktune.heads.bounded import CHARACTERS, STEPS, EndlessError, bounded, refuse_powers
from tasktune.heads.features import token_ids
from tasktune.heads.writers import Said
from tasktune.notations.tool_calls import offer, spelled

_ANOTHER = "Give another with --chat-template FILE, or put a chat_template.jinja into its folder"


def rendered(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], *, ask: bool) -> str:
    """The conversation as the template writes it; to `ask` is to end where the assistant is to begin.

    Raises `InputError` where there is no template, where it refuses the conversation, and where it does not end.
    """
    of = f"the chat template of {tokenizer.name_or_path or 'this model'}"
    if tokenizer.chat_template is None:
        raise InputError(f"there is no {of.removeprefix('the ')}. {_ANOTHER}")
    tools: list[Any] = [dict(tool) for tool in messages[0].more.get("tools", ())]
    template = tokenizer.get_chat_template(tools=tools or None)
    try:
        refuse_powers(template)
        with bounded():
            text = tokenizer.apply_chat_template(
                _taken(template, messages, tools),
                tools=tools if tools and "tools" in template else None,
                chat_template=template,
                tokenize=False,
                add_generation_prompt=ask,
            )
    except EndlessError:
        raise InputError(
            f"{of} does not end: on this conversation it took more than {STEPS:,} steps, or wrote more than {CHARACTERS:,} "
            f"characters, or took too much memory. {_ANOTHER}"
        ) from None
    except Exception as refused:  # a template is somebody's program and raises what it likes
        raise InputError(f"{of} refuses this conversation: {str(refused).rstrip('.')}. {_ANOTHER}") from None
    return str(text)


def _taken(template: str, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The turns as the template takes them: what it has no words for stands in the text of a turn."""
    turns = [*messages]
    if tools and "tools" not in template:
        opening = turns.pop(0).content + "\n\n" if turns[0].role == "system" else ""
        turns = [Message("system", opening + offer(tools)), *turns]
    if "tool_calls" not in template:
        turns = [Message(turn.role, spelled(turn)) for turn in turns]
    return [{name: part for name, part in turn.as_json().items() if name != "tools"} for turn in turns]


def latest(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], room: int) -> tuple[list[int], int]:
    """The tokens to ask about a conversation with, at most `room`, and how many the whole of it takes.

    Where that is too much, its oldest turns are left out up to one of the user's, as few as possible; the system's turn stays. Of
    a last turn that is too long by itself, the end is left.
    """
    ids = token_ids(tokenizer, rendered(tokenizer, messages, ask=True))
    whole = len(ids)
    for k, message in enumerate(messages):
        if len(ids) <= room:
            break
        if message.role == "user" and k > (messages[0].role == "system"):
            ids = token_ids(tokenizer, rendered(tokenizer, _since(messages, k), ask=True))
    return ids[-room:], whole


def _since(messages: Sequence[Message], k: int) -> list[Message]:
    """The turns from the kth on, behind that of the system; the tools that were offered still are."""
    first, *others = [*(messages[:1] if messages[0].role == "system" else ()), *messages[k:]]
    return [replace(first, more={**first.more, **{n: part for n, part in messages[0].more.items() if n == "tools"}}), *others]


def stretches(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> list[list[Said]]:
    """The conversation as sequences to learn from, each in stretches of tokens that are given and that the assistant says.

    One sequence with every turn of the assistant where template and tokenizer only ever append. Where earlier turns are rewritten
    (their reasoning dropped, say), one sequence a turn. Either way each turn stands behind just what the model is asked with when
    it serves. A turn of `weight` 0, as OpenAI's files have it, is given.
    """
    turns = [k for k, message in enumerate(messages) if k and message.role == "assistant"]
    learnt = [messages[k].more.get("weight") != 0 for k in turns]
    alone = [tuple(token_ids(tokenizer, part) for part in _turn(tokenizer, messages, k)) for k in turns]
    merged: list[Said] = []
    done: list[int] = []
    for (given, said), mine in zip(alone, learnt, strict=True):
        if given[: len(done)] != done:
            return [[(given, False), (said, True)] for (given, said), mine in zip(alone, learnt, strict=True) if mine]
        merged += [(given[len(done) :], False), (said, mine)]
        done = given + said
    return [merged]


def _turn(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], k: int) -> tuple[str, str]:
    """What is given before turn `k`, and what the assistant says there, up to and with its end-of-turn token."""
    given = rendered(tokenizer, messages[:k], ask=True)
    whole = rendered(tokenizer, messages[: k + 1], ask=False)
    if not whole.startswith(given):
        raise InputError("the model's chat template writes a question differently once it is answered, and cannot be learnt from")
    said = whole[len(given) :]
    end = tokenizer.eos_token
    return given, said[: said.rindex(end) + len(end)] if end and end in said else said.rstrip() + (end or "")
