"""What is written is what transformers' `generate` writes for the prompt alone, whatever is written beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tasktune.decoding import Decoding
from tiny_writers import LONGEST, NETS, Net, prompts

each_net = pytest.mark.parametrize("name", NETS)
ALONE, TAKING_TURNS, TOGETHER = 1, 40, 10**6


@each_net
def test_the_most_probable_tokens_are_those_of_generate(name: str, nets: Callable[[str], Net]) -> None:
    net, asked = nets(name), prompts()
    expected = [net.generated(prompt, LONGEST) for prompt in asked]
    assert len(set(map(len, expected))) > 1  # some end sooner, some later
    for budget in (ALONE, TAKING_TURNS, TOGETHER):
        assert [found.tokens for (found,) in net.written(asked, Decoding(), LONGEST, budget)] == expected
    assert [found.tokens for (found,) in net.written(asked[::-1], Decoding(), LONGEST, TAKING_TURNS)] == expected[::-1]


@each_net
@pytest.mark.parametrize(
    ("options", "theirs"),
    [
        ({"beams": 3}, {"num_beams": 3}),
        ({"beams": 2, "length_penalty": 0.0}, {"num_beams": 2, "length_penalty": 0.0}),
        ({"repetition_penalty": 1.5}, {"repetition_penalty": 1.5}),
        ({"beams": 2, "no_repeat_ngram": 2}, {"num_beams": 2, "no_repeat_ngram_size": 2}),
        ({"min_new_tokens": 7}, {"min_new_tokens": 7}),
    ],
    ids=lambda options: "-".join(f"{name}-{value}" for name, value in options.items()),
)
def test_options_mean_what_they_mean_to_generate(
    name: str, options: dict[str, Any], theirs: dict[str, Any], nets: Callable[[str], Net]
) -> None:
    net, asked = nets(name), prompts()[::2]
    written = [found[0].tokens for found in net.written(asked, Decoding(**options), LONGEST, TAKING_TURNS)]
    assert written == [net.generated(prompt, LONGEST, **theirs) for prompt in asked]


@each_net
@pytest.mark.parametrize("options", [{}, {"temperature": 0.8}, {"beams": 3, "n_best": 3}], ids=["greedy", "sampled", "beams"])
def test_log_p_is_that_of_the_tokens(name: str, options: dict[str, Any], nets: Callable[[str], Net]) -> None:
    net, asked = nets(name), prompts()
    for prompt, found in zip(asked, net.written(asked, Decoding(**options), LONGEST), strict=True):
        assert len({text.tokens for text in found}) == len(found) == options.get("n_best", 1)
        for text in found:
            assert text.log_p == pytest.approx(net.log_p(prompt, text.tokens), abs=1e-4)


@each_net
def test_a_sample_is_the_same_alone_and_in_any_company(name: str, nets: Callable[[str], Net]) -> None:
    net, asked = nets(name), prompts()
    sampled = Decoding(temperature=0.7, top_p=0.9, top_k=20)
    alone = net.written(asked, sampled, LONGEST, ALONE)
    for budget in (TAKING_TURNS, TOGETHER):
        assert [f.tokens for (f,) in net.written(asked, sampled, LONGEST, budget)] == [f.tokens for (f,) in alone]
