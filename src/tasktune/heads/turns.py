"""Conversations in a model's own chat template, and which of the rendered text is the assistant's.

A template is a program that may do what it likes with earlier turns, and few mark the assistant's (`{% generation %}`). So
nothing is assumed of its text: a turn of the assistant is what stands between the conversation rendered up to it, with the
generation prompt, just as the model is asked when it serves, and the conversation rendered with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from transformers import PreTrainedTokenizerBase

from tasktune.answers import Message
from tasktune.core import InputError
from tasktune.heads.bounded import CHARACTERS, STEPS, EndlessError, bounded
from tasktune.heads.features import token_ids
from tasktune.heads.writers import Said, Tokens


def rendered(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], *, ask: bool) -> str:
    """The conversation as the template writes it; to `ask` is to end where the assistant is to begin."""
    if tokenizer.chat_template is None:
        raise InputError(
            f"the tokenizer of {tokenizer.name_or_path or 'this model'} has no chat template; "
            "take a model tuned for chat (smollm2), or put a chat_template.jinja into its folder"
        )
    try:
        with bounded():
            text = tokenizer.apply_chat_template([asdict(m) for m in messages], tokenize=False, add_generation_prompt=ask)
    except EndlessError:
        raise InputError(
            f"the chat template of {tokenizer.name_or_path or 'this model'} does not end: on this conversation it took more than "
            f"{STEPS:,} steps, or wrote more than {CHARACTERS:,} characters. Put another chat_template.jinja into its folder"
        ) from None
    except Exception as refused:  # a template is somebody's program and raises what it likes
        raise InputError(f"the model's chat template refuses this conversation: {refused}") from None
    return str(text)


def stretches(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> list[list[Said]]:
    """The conversation as sequences to learn from, each in stretches of tokens that are given and that the assistant says.

    One sequence with every turn of the assistant where template and tokenizer only ever append. Where earlier turns are rewritten
    (their reasoning dropped, say), one sequence a turn. Either way each turn stands behind just what the model is asked with when
    it serves.
    """
    turns = [_turn(tokenizer, messages, k) for k, message in enumerate(messages) if k and message.role == "assistant"]
    alone = [(token_ids(tokenizer, given), token_ids(tokenizer, said)) for given, said in turns]
    merged: list[Said] = []
    done: Tokens = []
    for given, said in alone:
        if given[: len(done)] != done:
            return [[(given, False), (said, True)] for given, said in alone]
        merged += [(given[len(done) :], False), (said, True)]
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
