"""The template in which conversations with a model are written: its own, one that the user gives, or else a plain one.

It is the tokenizer's, and so is saved with the model, and there when the model is opened again, here or by transformers. So is
the token that ends a turn, where that is not the one that ends a text (Gemma's, Phi's): it becomes the end-of-sequence token.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jinja2 import TemplateSyntaxError
from transformers import AddedToken, PreTrainedTokenizerBase

from tasktune.answers import Message
from tasktune.core import InputError
from tasktune.heads.bounded import refuse_powers
from tasktune.heads.features import token_ids
from tasktune.heads.turns import rendered
from tasktune.recipe import Recipe

PLAIN = (
    "{% if bos_token and bos_token != eos_token %}{{ bos_token }}{% endif %}"
    "{% for message in messages %}"
    "{{ {'system': 'System', 'user': 'User', 'assistant': 'Assistant', 'tool': 'Tool'}[message.role] }}:\n"
    "{{ message.content | trim }}{{ eos_token if message.role == 'assistant' }}\n\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}Assistant:\n{% endif %}"
)
"""A template in words that every tokenizer has, for a model that was never taught to converse."""


def with_template(tokenizer: PreTrainedTokenizerBase, recipe: Recipe) -> Recipe:
    """Give a tokenizer the template of the recipe's file, or where it has none at all the plain one.

    Gives the recipe without the file, which has done its part. Raises `InputError` for a file that holds no template.
    """
    decoding = recipe.decoding
    if decoding.chat_template is not None:
        tokenizer.chat_template = _read(Path(decoding.chat_template))
    elif tokenizer.chat_template is None:
        tokenizer.chat_template = PLAIN
    if (end := _end_of_turn(tokenizer)) is not None:
        tokenizer.eos_token = end
    return replace(recipe, decoding=replace(decoding, chat_template=None))


def _end_of_turn(tokenizer: PreTrainedTokenizerBase) -> str | None:
    """The special token that the template puts behind what the assistant says; `None` where it puts none, or refuses to say."""
    try:
        told = rendered(tokenizer, [Message("user", "When?"), Message("assistant", "Tomorrow.")], ask=False)
    except InputError:
        return None
    behind = token_ids(tokenizer, told.rpartition("Tomorrow.")[2].lstrip())
    added: dict[int, AddedToken] = tokenizer.added_tokens_decoder
    first = added.get(behind[0]) if behind else None
    return first.content if first is not None and first.special else None


def _read(file: Path) -> str:
    try:
        template = file.read_text(encoding="utf-8")
        refuse_powers(template)
    except (OSError, UnicodeDecodeError) as wrong:
        raise InputError(f"--chat-template {file} cannot be read: {wrong}") from None
    except TemplateSyntaxError as wrong:
        raise InputError(f"{file}:{wrong.lineno}: this is no Jinja template: {wrong.message}") from None
    except InputError as wrong:
        raise InputError(f"--chat-template {file} is not taken: {wrong}") from None
    if "messages" not in template:
        raise InputError(f"--chat-template {file} writes no `messages`; give a template as transformers' models have them")
    return template
