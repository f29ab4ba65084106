"""Of a conversation the assistant's turns are learnt, each with the token that ends it, behind what the model is asked with."""

from __future__ import annotations

from typing import Any

import pytest

from families import CHATML, byte_level
from tasktune.answers import Message
from tasktune.core import InputError
from tasktune.heads.features import token_ids
from tasktune.heads.turns import latest, rendered, stretches

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
    with pytest.raises(InputError, match="there is no chat template of this model"):
        stretches(tokenizer(None), TALK)
    with pytest.raises(InputError, match="refuses this conversation: no talk of this"):
        stretches(tokenizer("{{ raise_exception('no talk of this') }}"), TALK)


HERMES = (
    "{% if tools %}<tools>{% for tool in tools %}{{ tool.function.name }};{% endfor %}</tools>{% endif %}"
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}"
    "{% for call in m.tool_calls %}[call {{ call.function.name }} {{ call.function.arguments | tojson }}]{% endfor %}</s>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
"""A template with words of its own for tools and calls."""

QWEN3 = (
    "{% for m in messages %}<|{{ m.role }}|>{% set said = m.content %}"
    "{% if m.role == 'assistant' %}{% set said = m.content.split('</think>')[-1].lstrip('\\n') %}"
    "{% if loop.last %}<think>\n{{ m.content.split('</think>')[0].split('<think>')[-1].strip() if '</think>' in m.content }}\n"
    "</think>\n\n{% endif %}{% endif %}{{ said }}</s>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
"""Thoughts are dropped from earlier turns, and the last has room for some, as in Qwen3."""

STRICT = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate user/assistant') }}{% endif %}"
    "<|{{ m.role }}|>{{ m.content }}</s>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
"""No system turn, and strictly by turns, as Gemma's."""

TOOLS = ({"type": "function", "function": {"name": "add", "parameters": {}}},)
CALLING = (
    Message("user", "2 + 3?", {"tools": TOOLS}),
    Message("assistant", "", {"tool_calls": [{"type": "function", "function": {"name": "add", "arguments": {"a": 2}}}]}),
    Message("tool", "5"),
    Message("assistant", "It is 5."),
)


def test_calls_are_learnt_in_the_templates_own_form_and_what_tools_say_is_not() -> None:
    assert said(HERMES, *CALLING) == [['[call add {"a": 2}]</s>', "It is 5.</s>"]]
    assert rendered(tokenizer(HERMES), CALLING[:1], ask=True) == "<tools>add;</tools><|user|>2 + 3?</s><|assistant|>"


def test_a_template_without_words_for_tools_is_given_ours() -> None:
    ((call, answer),) = said(CHATML, *CALLING)
    assert call == '<tool_call>\n{"name": "add", "arguments": {"a": 2}}\n</tool_call><|im_end|>'
    assert answer == "It is 5.<|im_end|>"
    told = rendered(tokenizer(CHATML), CALLING[:1], ask=True)
    assert '"name": "add"' in told.partition("2 + 3?")[0]
    first, *others = (Message("system", "Be brief.", CALLING[0].more), Message("user", "2 + 3?"))
    assert rendered(tokenizer(CHATML), [first, *others], ask=True).count("system") == 1


def test_thoughts_are_learnt_where_the_template_keeps_them() -> None:
    thinking = (*TALK[:3], Message("assistant", "<think>so</think>Cat."))
    assert said(QWEN3, *thinking) == [["<think>\nhm\n</think>\n\nDog, of course.</s>"], ["<think>\nso\n</think>\n\nCat.</s>"]]


def test_a_template_that_wants_turns_by_turns_says_so() -> None:
    for talk, why in (
        ([Message("system", "S"), Message("user", "u")], "System role not supported"),
        ([Message("user", "u"), Message("user", "u")], "roles must alternate"),
    ):
        with pytest.raises(InputError, match=rf"refuses this conversation: {why}.* Give another with --chat-template FILE"):
            rendered(tokenizer(STRICT), talk, ask=True)


def test_a_turn_of_weight_0_is_given_and_not_learnt() -> None:
    first = Message("assistant", TALK[1].content, {"weight": 0})
    for template, second in ((CHATML, "Cat\nor kitten 🐈.<|im_end|>"), (FORGETFUL, "Cat\nor kitten 🐈.</s>")):
        assert [turn for turns in said(template, TALK[0], first, *TALK[2:]) for turn in turns] == [second]


def test_what_does_not_fit_loses_its_oldest_turns_and_keeps_the_systems() -> None:
    made = tokenizer(HERMES)
    system = Message("system", "Be brief.", {"tools": TOOLS})
    talk = [system, Message("user", "one " * 20), Message("assistant", "yes"), Message("user", "two"), Message("tool", "5")]
    for messages, few in ((talk, [system, *talk[3:]]), (talk[1:], talk[3:]), (CALLING[:3] + CALLING[:1], CALLING[:1])):
        whole = token_ids(made, rendered(made, messages, ask=True))
        fit = token_ids(made, rendered(made, few, ask=True))
        assert latest(made, messages, len(whole)) == (whole, len(whole))
        assert latest(made, messages, len(whole) - 1) == (fit, len(whole))
        assert latest(made, messages, 3) == (fit[-3:], len(whole))
