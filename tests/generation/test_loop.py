"""What is written is what transformers' `generate` writes for the prompt alone, whatever is written beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tasktune.decoding import Decoding
from tiny_writers import NETS, Net, prompts

each_net = pytest.mark.parametrize("name", NETS)
LONGEST = 24


@each_net
@pytest.mark.parametrize("budget", [1, 150, 10**6], ids=["alone", "taking turns", "together"])
def test_the_most_probable_tokens_are_those_of_generate(name: str, budget: int, nets: Callable[[str], Net]) -> None:
    net, asked = nets(name), prompts()
    written = [found.tokens for (found,) in net.written(asked, Decoding(), LONGEST, budget)]
    assert written == [net.generated(prompt, LONGEST) for prompt in asked]
