"""Instructions that rules can verify: their arguments, the quirks of the kinds, and the figures."""

from __future__ import annotations

import builtins
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.answers import Instruction
from tasktune.core import InputError, Row
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.following import FIGURES, following
from tasktune.metrics.instructions import KINDS, follows, follows_loosely, instruction, instructions_of, languages
from tasktune.tasks.instruction_following import InstructionFollowing

TITLE, NO_COMMA = Instruction("detectable_format:title"), Instruction("punctuation:no_comma")


def bullets(count: int) -> Instruction:
    return instruction("detectable_format:number_bullet_lists", {"num_bullets": count})


def test_there_are_the_25_kinds_of_ifeval() -> None:
    assert len(KINDS) == 25


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        ("detectable_format:titel", {}, "no kind of instruction called 'detectable_format:titel'; there are: change_case"),
        ("detectable_format:title", {"num": 1}, "takes nothing, but is given num"),
        ("detectable_format:number_bullet_lists", {}, "takes num_bullets, but is given nothing"),
        ("detectable_format:number_bullet_lists", {"num_bullets": "3"}, "must be a whole number, but is '3'"),
        ("detectable_format:number_bullet_lists", {"num_bullets": 2.5}, "must be a whole number, but is 2.5"),
        ("keywords:existence", {"keywords": "a"}, "must be a list of texts"),
        ("keywords:existence", {"keywords": []}, "must be a list of texts"),
        ("startend:end_checker", {"end_phrase": " "}, "must be a text"),
        ("length_constraints:number_words", {"num_words": 3, "relation": "about"}, "must be 'less than' or 'at least', but is"),
    ],
)
def test_other_arguments_are_refused(kind: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        instruction(kind, arguments)


def test_arguments_that_are_none_are_not_given_and_whole_floats_are_numbers() -> None:
    assert instruction("detectable_format:number_bullet_lists", {"num_bullets": 3.0, "keywords": None}) == bullets(3)


def test_instructions_are_read_in_both_forms() -> None:
    expected = (TITLE, bullets(2))
    kinds = ["detectable_format:title", "detectable_format:number_bullet_lists"]
    assert instructions_of(Row({"instructions": kinds, "kwargs": [{}, {"num_bullets": 2}]})) == expected
    objects = [{"kind": each.kind, "arguments": each.arguments} for each in expected]
    assert instructions_of(Row({"instructions": objects})) == expected
    assert instructions_of(Row({})) == ()
    for wrong in ({"instructions": kinds, "kwargs": [{}]}, {"instructions": "x"}, {"instructions": [5]}, {"instructions": kinds}):
        with pytest.raises(InputError, match=r"f\.jsonl:3: "):
            instructions_of(Row(wrong, "f.jsonl:3"))
    with pytest.raises(InputError, match=r"f\.jsonl:3: there is no kind"):
        instructions_of(Row({"instructions": ["x"], "kwargs": [{}]}, "f.jsonl:3"))


def test_a_sign_can_be_the_letter() -> None:
    asked = instruction("keywords:letter_frequency", {"letter": "#", "let_frequency": 4, "let_relation": "at least"})
    assert follows("#one #two #three #four", asked)
    assert not follows("#one #two #three", asked)


def test_a_keyword_that_is_no_expression_is_looked_for_as_it_is() -> None:
    assert follows("so sad :(", instruction("keywords:existence", {"keywords": [":("]}))
    assert not follows("so glad :)", instruction("keywords:existence", {"keywords": [":("]}))


@pytest.mark.parametrize(
    ("text", "count"), [("Dr. Marsh rows. Who else?", 2), ("At 3 p.m. it rains.", 1), ("Ahoy... you there!", 1)]
)
def test_sentences_do_not_end_behind_abbreviations(text: str, count: int) -> None:
    def has(relation: str, number: int) -> bool:
        return follows(text, instruction("length_constraints:number_sentences", {"num_sentences": number, "relation": relation}))

    assert has("at least", count)
    assert has("less than", count + 1)


def test_the_language_needs_a_package_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "langdetect":
            raise ImportError
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    languages.langdetect.cache_clear()
    with pytest.raises(InputError, match=r"pip install 'tasktune\[ifeval\]'"):
        follows("hello", instruction("language:response_language", {"language": "en"}))
    languages.langdetect.cache_clear()


def test_loosely_an_introduction_and_markdown_do_not_count() -> None:
    asked = instruction("startend:end_checker", {"end_phrase": "the end"})
    assert follows_loosely("Once upon a time\nThe *end*\nAnything else?", asked)
    assert not follows("Once upon a time\nThe *end*\nAnything else?", asked)


_MADE = [TITLE, NO_COMMA, bullets(1), instruction("combination:two_responses", {}), instruction("startend:quotation", {})]


@given(st.text(), st.sampled_from(_MADE))
def test_what_is_followed_strictly_is_followed_loosely(text: str, asked: Instruction) -> None:
    assert follows_loosely(text, asked) >= follows(text, asked)


@given(st.sampled_from(["", " ", "\n\t "]), st.sampled_from(_MADE))
def test_saying_nothing_follows_nothing(text: str, asked: Instruction) -> None:
    assert not follows(text, asked)
    assert not follows_loosely(text, asked)


def test_figures_are_shares_of_prompts_and_of_instructions() -> None:
    tally = Tally(following)
    both, one = (InstructionFollowing(prompt="p", instructions=asked) for asked in ((TITLE, NO_COMMA), (NO_COMMA,)))
    tally.add(both, "a title")  # one of two
    tally.add(one, "Well, so:\nno comma here")  # loosely
    tally.add(one, "no comma")
    tally.add(one, None)
    found = {name: float(figure[0]) for name, figure in tally.figures().items()}
    assert found == pytest.approx(dict(zip(FIGURES, (1 / 4, 2 / 5, 2 / 4, 3 / 5), strict=True)))


def test_records_without_instructions_say_nothing() -> None:
    assert following.asked(InstructionFollowing(prompt="p", answer="a")) is None
    asked = InstructionFollowing(prompt="p", instructions=(TITLE,))
    assert following.asked(asked) is asked
