"""Of a conversation the assistant's turns are learnt, each with the token that ends it, behind what the model is asked with."""

from __future__ import annotations

from typing import Any

import pytest

from families import CHATML, byte_level
from tasktune.answers import Message
from tasktune.core import InputError
from tasktune.heads.features import token_ids
from tasktune.heads.turns import rendered, stretches

LLAMA2 = (
    "{% for m in messages %}{% if m.role == 'user' %}<s>[INST] {{ m.content | trim }} [/INST]"
    "{% else %} {{ m.content | trim }} </s>{% endif %}{% endfor %}"
)
"""No generation prompt, no system turn, blanks trimmed."""

FORGETFUL = (
    "{% for m in messages %}<|{{ m.role }}|>"
    "{{ m.content.split('</think>')[-1] if m.role == 'assistant' and not loop.last else m.content }}</s>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
"""What was thought in earlier turns is dropped, as DeepSeek-R1 and Qwen3 do."""

REWRITING = "{% for m in messages %}{{ loop.length }}{{ m.content }}{% endfor %}"
"""The question reads otherwise once it is answered."""

TALK = (
    Message("user", "  Which animal barks? "),
    Message("assistant", "<think>hm</think>Dog, of course."),
    Message("user", "And meows?\n"),
    Message("assistant", "Cat\nor kitten 🐈."),
)


def tokenizer(template: str | None) -> Any:
    """Byte-level BPE with this template; what ChatML needs besides."""
    chatml = template == CHATML
    special = ("<|im_end|>", "<|im_start|>") if chatml else ("</s>", "<s>")
    made = byte_level(special, {"eos_token": special[0], "bos_token": special[1]})
    made.chat_template = template
    return made


def said(template: str, *talk: Message) -> list[list[str]]:
    """What the assistant says, a list a sequence that is learnt from."""
    made = tokenizer(template)
    return [[made.decode(ids) for ids, mine in sequence if mine] for sequence in stretches(made, talk)]


@pytest.mark.parametrize(
    ("template", "sequences"),
    [
        (CHATML, [["<think>hm</think>Dog, of course.<|im_end|>", "Cat\nor kitten 🐈.<|im_end|>"]]),
        (LLAMA2, [[" <think>hm</think>Dog, of course. </s>", " Cat\nor kitten 🐈. </s>"]]),
        (FORGETFUL, [["<think>hm</think>Dog, of course.</s>"], ["Cat\nor kitten 🐈.</s>"]]),
    ],
    ids=["chatml", "llama2", "forgetful"],
)
def test_just_the_turns_of_the_assistant_are_learnt(template: str, sequences: list[list[str]]) -> None:
    assert said(template, *TALK) == sequences


@pytest.mark.parametrize("template", [CHATML, LLAMA2, FORGETFUL], ids=["chatml", "llama2", "forgetful"])
def test_each_turn_stands_behind_what_the_model_is_asked_with(template: str) -> None:
    made, asked, turns = tokenizer(template), [], [k for k, m in enumerate(TALK) if m.role == "assistant"]
    for sequence in stretches(made, TALK):
        before: list[int] = []
        for ids, mine in sequence:
            asked += [before] if mine else []
            before = before + ids
    assert asked == [token_ids(made, rendered(made, TALK[:k], ask=True)) for k in turns]


def test_where_the_tokens_of_a_turn_would_flow_into_the_next_each_is_learnt_by_itself() -> None:
    """A template with nothing between turns: `busi` and `ness` are other tokens apart than `business`."""
    talk = [Message("user", "I mean "), Message("assistant", "busi"), Message("user", "ness! "), Message("assistant", "sport")]
    made = tokenizer("{% for m in messages %}{{ m.content }}{% endfor %}")
    made.eos_token = None
    assert token_ids(made, "I mean business! ") != [
        *token_ids(made, "I mean "),
        *token_ids(made, "busi"),
        *token_ids(made, "ness! "),
    ]
    learnt = [[made.decode(ids) for ids, _ in sequence] for sequence in stretches(made, talk)]
    assert learnt == [["I mean ", "busi"], ["I mean business! ", "sport"]]


def test_a_turn_without_an_end_in_the_template_gets_one() -> None:
    template = (
        "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"
    )
    assert said(template, *TALK[:2]) == [["<think>hm</think>Dog, of course.</s>"]]


def test_what_cannot_be_learnt_from_is_refused() -> None:
    with pytest.raises(InputError, match="differently once it is answered"):
        stretches(tokenizer(REWRITING), TALK)
    with pytest.raises(InputError, match="there is no chat template of this model. Give another"):
        stretches(tokenizer(None), TALK)
    with pytest.raises(InputError, match="refuses this conversation: no talk of this"):
        stretches(tokenizer("{{ raise_exception('no talk of this') }}"), TALK)
