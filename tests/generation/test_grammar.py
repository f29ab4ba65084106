"""Texts held to what users give: a regular expression, a JSON schema."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
import torch
from llguidance import LLParserLimits

from families import TINY, unigram, wordpiece
from tasktune.core import InputError
from tasktune.forms import Form, JsonSchema, Regex
from tasktune.generation import grammar
from tasktune.generation.constraint import Constraint
from tasktune.generation.held import held_to

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 8}, "age": {"type": "integer", "minimum": 0, "maximum": 150}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
tokenizer_called = cache(lambda kind: TINY[kind].tokenizer())
each_kind = pytest.mark.parametrize("kind", ["gpt2", "llama", "bart"])


def held(form: Form, kind: str, separator: str = "") -> tuple[Constraint, Any]:
    tokenizer = tokenizer_called(kind)
    return held_to(form, tokenizer, separator, tokenizer.eos_token_id), tokenizer


def said(constraint: Constraint, tokenizer: Any, seed: int, most: int = 200) -> str | None:
    """What a network of random logits says; `None` where it comes to no end."""
    walk, chance, ids = constraint.start(), torch.Generator().manual_seed(seed), []
    for _ in range(most):
        allowed = walk.mask().nonzero()[:, 0]
        ids.append(int(allowed[torch.randint(len(allowed), (1,), generator=chance)]))
        if ids[-1] == tokenizer.eos_token_id:
            return str(tokenizer.decode(ids[:-1], clean_up_tokenization_spaces=False))
        walk.advance(ids[-1])
    return None


def allows(constraint: Constraint, tokenizer: Any, text: str) -> bool:
    walk = constraint.start()
    for token in [*tokenizer(text, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]:
        if not walk.mask()[token]:
            return False
        if token != tokenizer.eos_token_id:
            walk.advance(token)
    return True


@each_kind
def test_whatever_the_network_would_say_fits_the_schema(kind: str) -> None:
    constraint, tokenizer = held(JsonSchema(json.dumps(PERSON)), kind)
    texts = [text for seed in range(20) if (text := said(constraint, tokenizer, seed))]
    assert len(texts) > 10
    for text in texts:
        person = json.loads(text)
        assert set(person) == {"name", "age"}
        assert isinstance(person["name"], str)
        assert 0 <= person["age"] <= 150


@each_kind
def test_json_may_be_spaced_and_indented(kind: str) -> None:
    constraint, tokenizer = held(JsonSchema(json.dumps(PERSON)), kind)
    person = {"name": "Åda\n", "age": 36}
    for spacing in ({}, {"indent": 2}, {"separators": (",", ":")}):
        assert allows(constraint, tokenizer, json.dumps(person, ensure_ascii=False, **spacing))
    assert not allows(constraint, tokenizer, json.dumps({"age": 36}))


@each_kind
@pytest.mark.parametrize("pattern", [r"\d{4}-\d{2}-\d{2}", "(yes|no), (très )?sure", "a/b|日本"])
def test_whatever_the_network_would_say_matches_the_expression(kind: str, pattern: str) -> None:
    constraint, tokenizer = held(Regex(pattern), kind, " ")
    for seed in range(10):
        text = said(constraint, tokenizer, seed)
        assert text is not None
        assert re.fullmatch(pattern, text.removeprefix(" "))


def test_the_text_stands_behind_the_separator() -> None:
    constraint, tokenizer = held(Regex("a+"), "gpt2", "\n")
    assert allows(constraint, tokenizer, "\naa")
    assert not allows(constraint, tokenizer, "aa")


def test_a_fork_goes_its_own_way() -> None:
    constraint, tokenizer = held(Regex("a|b"), "gpt2")
    one = constraint.start()
    other = one.fork()
    one.advance(tokenizer("a")["input_ids"][0])
    assert one.mask().nonzero().tolist() == [[tokenizer.eos_token_id]]
    assert other.mask().sum() == 2


@pytest.mark.parametrize(
    ("form", "why"),
    [
        (Regex("(a"), "unclosed"),
        (Regex("(?=a)b"), "look-around"),
        (Regex("[^\\s\\S]"), "no text|empty"),
        (JsonSchema("{"), "not JSON"),
        (JsonSchema("[1]"), "must be an object"),
        (JsonSchema('{"type": "foo"}'), "foo"),
        (JsonSchema('{"$ref": "http://example.org/a"}'), "fetch"),
        (JsonSchema('{"items":' * 3000 + "{}" + "}" * 3000), "recursion"),
    ],
)
def test_what_is_no_grammar_is_refused_in_words(form: Form, why: str) -> None:
    with pytest.raises(InputError, match=why):
        held(form, "gpt2")


@pytest.mark.parametrize("tokenizer", [unigram, wordpiece])
def test_tokenizers_that_cannot_write_any_text_are_refused(tokenizer: Any) -> None:
    with pytest.raises(InputError, match="take another model"):
        held_to(Regex("a"), tokenizer(), "", 1)


def test_a_grammar_beyond_the_limits_is_refused_and_not_run_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "_LIMITS", LLParserLimits(max_grammar_size=2))
    with pytest.raises(InputError, match="cannot be used"):
        held(JsonSchema(json.dumps(PERSON)), "gpt2")


def test_a_grammar_is_compiled_once_for_all_records() -> None:
    assert held(Regex("a+"), "gpt2")[0] is held(Regex("a+"), "gpt2")[0]
