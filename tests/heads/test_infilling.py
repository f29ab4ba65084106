"""Models that were taught to fill in are asked in their own special tokens; all others in words."""

import pytest

from cases import untrained
from tasktune.core import Lost
from tasktune.heads import conventions
from tasktune.tasks import task
from tasktune.tasks.code_completion import CodeCompletion

RECORD = CodeCompletion(prompt="ship = ", suffix="\nport", answer="dock")


@pytest.fixture
def head(tiny):
    return untrained(task("code-completion"), tiny("gpt2")).head


def read(head):
    (features,) = head.encode(RECORD, Lost())
    return head.tokenizer.decode(features.inputs["input_ids"])


@pytest.mark.parametrize("tokens", conventions._INFILLING, ids="".join)
def test_in_special_tokens(head, tokens):
    head.tokenizer.add_tokens([*tokens], special_tokens=True)
    conventions.of_decoder.cache_clear()  # the tokenizer has been asked about already
    before, behind, between = tokens
    assert read(head).endswith(f"{before}ship = {behind}\nport{between}")
    (learnt,) = head.supervise(RECORD, Lost())
    assert learnt.inputs["input_ids"][learnt.positions[0]] == head.tokenizer.convert_tokens_to_ids(between)


def test_in_words(head):
    assert read(head).endswith("This comes at the end:\n\nport\n\nThis comes before it:\nship = ")
