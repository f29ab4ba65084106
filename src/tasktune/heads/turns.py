"""Conversations in a model's own chat template, and which of the rendered text is the assistant's.

A template is a program that may do what it likes with earlier turns, and few mark the assistant's (`{% generation %}`). So
nothing is assumed of its text: a turn of the assistant is what stands between the conversation rendered up to it, with the
generation prompt, just as the model is asked when it serves, and the conversation rendered with it.

Calls of tools, and the tools that the first turn offers (`tools` in its `more`), are written in the template's own form. A
template that has none for them is given ours within the text (`notations.tool_calls`).

Images are parts of a turn, as templates of models that see take them. One that takes texts alone is given LLaVA's own form: a
sign for each image, on a line of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from transformers import PreTrainedTokenizerBase

from tasktune.answers import Message
from tasktune.core import InputError
from tasktune.framings import shown_in
from tasktune.heads.bounded import CHARACTERS, STEPS, EndlessError, bounded, refuse_powers
from tasktune.heads.features import token_ids
from tasktune.heads.writers import BLIND, Causal, Said, Writer
from tasktune.notations.tool_calls import offer, spelled

_WORDS: Final = Causal()
SIGNED: Final = "its text has this model's own sign for a picture in it; write that in another way"
_ANOTHER = "Give another with --chat-template FILE, or put a chat_template.jinja into its folder"


def rendered(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], *, ask: bool, signs: Sequence[str] = ()) -> str:
    """The conversation as the template writes it; to `ask` is to end where the assistant is to begin.

    `signs` are what may stand for an image in the text: one does for each. Raises `InputError` where there is no template, where
    it refuses the conversation or leaves an image out, where it does not end, and for images where there is no sign for them.
    """
    shown = len(shown_in(messages))
    if not shown:
        return _applied(tokenizer, messages, ask, signs, as_parts=False)
    if not signs:
        raise InputError(BLIND)
    wrong = InputError(f"the chat template of this model leaves pictures of this conversation out. {_ANOTHER}")
    for as_parts in (True, False):
        try:
            text = _applied(tokenizer, messages, ask, signs, as_parts=as_parts)
        except InputError as refused:
            wrong = refused
            continue
        if max(map(text.count, signs)) == shown:
            return text
    raise wrong


def _applied(
    tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], ask: bool, signs: Sequence[str], *, as_parts: bool
) -> str:
    """What the template makes of a conversation, of which turns with images are in parts or have a sign for each."""
    of = f"the chat template of {tokenizer.name_or_path or 'this model'}"
    if tokenizer.chat_template is None:
        raise InputError(f"there is no {of.removeprefix('the ')}. {_ANOTHER}")
    tools: list[Any] = [dict(tool) for tool in messages[0].more.get("tools", ())]
    template = tokenizer.get_chat_template(tools=tools or None)
    try:
        refuse_powers(template)
        with bounded():
            in_parts = not _takes_texts(tokenizer, template)
            told = [
                {**_more(turn), "content": _content(turn, signs, in_parts or (as_parts and bool(turn.images)))}
                for turn in _taken(template, messages, tools)
            ]
            text = tokenizer.apply_chat_template(
                told,
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


_WORD = "Tomorrow"


@lru_cache(maxsize=8)  # asked for with every turn
def _takes_texts(tokenizer: PreTrainedTokenizerBase, template: str) -> bool:
    """Whether a template writes a turn whose content is a text; some of models that see take nothing but lists of parts."""

    def written(content: Any) -> bool:
        asked = [{"role": "user", "content": content}]
        try:
            return _WORD in str(tokenizer.apply_chat_template(asked, chat_template=template, tokenize=False))
        except EndlessError:
            raise
        except Exception:  # a template is somebody's program and raises what it likes
            return False

    return written(_WORD) or not written([{"type": "text", "text": _WORD}])


def _more(turn: Message) -> dict[str, Any]:
    return {"role": turn.role, **{name: part for name, part in turn.more.items() if name != "tools"}}


def _content(turn: Message, signs: Sequence[str], in_parts: bool) -> str | list[dict[str, str]]:
    """What a turn says and shows: in parts, or as a text in which a sign stands for an image. No other sign is left in it."""
    parts = [unsigned(part, signs) if isinstance(part, str) else part for part in turn.parts]
    if in_parts:
        return [{"type": "text", "text": part} if isinstance(part, str) else {"type": "image"} for part in parts]
    return "\n".join(part if isinstance(part, str) else signs[0] for part in parts)


def unsigned(text: str, signs: Sequence[str]) -> str:
    """A text in which nothing is taken for a picture."""
    for sign in signs:
        text = text.replace(sign, f"{sign[0]} {sign[1:]}")
    return text


def _taken(template: str, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> list[Message]:
    """The turns as the template takes them: what it has no words for stands in the text of a turn."""
    turns = [*messages]
    if tools and "tools" not in template:
        opening = turns.pop(0).content + "\n\n" if turns[0].role == "system" else ""
        turns = [Message("system", opening + offer(tools)), *turns]
    if "tool_calls" not in template:
        turns = [replace(turn, content=spelled(turn), more={}) for turn in turns]
    return turns


def asked_ids(writer: Writer, tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> list[int]:
    """The tokens of a conversation that ask for the assistant's next turn."""
    text = rendered(tokenizer, messages, ask=True, signs=writer.signs)
    return writer.conversed(tokenizer, text, shown_in(messages))


def ending(ids: list[int], room: int) -> list[int]:
    """The last tokens, as many as there is room for. Raises `InputError` where some of a picture are left out."""
    if shown := sum(token < 0 for token in ids[:-room]):
        raise InputError(f"its pictures take {shown} tokens more than there is room for; raise --max-length, or show fewer")
    return ids[-room:]


def latest(
    tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], room: int, writer: Writer = _WORDS
) -> tuple[list[int], int]:
    """The tokens to ask about a conversation with, at most `room`, and how many the whole of it takes.

    Where that is too much, its oldest turns are left out up to one of the user's, as few as possible; the system's turn stays. Of
    a last turn that is too long by itself, the end is left.
    """
    ids = asked_ids(writer, tokenizer, messages)
    whole = len(ids)
    for k, message in enumerate(messages):
        if len(ids) <= room:
            break
        if message.role == "user" and k > (messages[0].role == "system"):
            ids = asked_ids(writer, tokenizer, _since(messages, k))
    return ending(ids, room), whole


def _since(messages: Sequence[Message], k: int) -> list[Message]:
    """The turns from the kth on, behind that of the system; the tools that were offered still are."""
    first, *others = [*(messages[:1] if messages[0].role == "system" else ()), *messages[k:]]
    return [replace(first, more={**first.more, **{n: part for n, part in messages[0].more.items() if n == "tools"}}), *others]


def stretches(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], writer: Writer = _WORDS) -> list[list[Said]]:
    """The conversation as sequences to learn from, each in stretches of tokens that are given and that the assistant says.

    One sequence with every turn of the assistant where template and tokenizer only ever append. Where earlier turns are rewritten
    (their reasoning dropped, say), one sequence a turn. Either way each turn stands behind just what the model is asked with when
    it serves. A turn of `weight` 0, as OpenAI's files have it, is given.
    """
    turns = [k for k, message in enumerate(messages) if k and message.role == "assistant"]
    learnt = [messages[k].more.get("weight") != 0 for k in turns]
    alone = [_turn(writer, tokenizer, messages, k) for k in turns]
    merged: list[Said] = []
    done: list[int] = []
    for (given, said), mine in zip(alone, learnt, strict=True):
        if given[: len(done)] != done:
            return [[(given, False), (said, True)] for (given, said), mine in zip(alone, learnt, strict=True) if mine]
        merged += [(given[len(done) :], False), (said, mine)]
        done = given + said
    return [merged]


def _turn(writer: Writer, tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], k: int) -> tuple[list[int], list[int]]:
    """What is given before turn `k`, and what the assistant says there, up to and with its end-of-turn token."""
    if any(sign in messages[k].content for sign in writer.signs):
        raise InputError(SIGNED)
    given, whole = (
        rendered(tokenizer, part, ask=ask, signs=writer.signs) for part, ask in ((messages[:k], True), (messages[: k + 1], False))
    )
    if not whole.startswith(given):
        raise InputError("the model's chat template writes a question differently once it is answered, and cannot be learnt from")
    said = whole[len(given) :]
    end = tokenizer.eos_token
    said = said[: said.rindex(end) + len(end)] if end and end in said else said.rstrip() + (end or "")
    return writer.conversed(tokenizer, given, shown_in(messages[:k])), token_ids(tokenizer, said)
