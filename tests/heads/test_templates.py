"""The template of a model's conversations: its own, one out of a file, or a plain one; saved with the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from transformers import AutoTokenizer

import tasktune as tt
from cases import untrained
from families import CHATML, byte_level
from tasktune.answers import Message
from tasktune.decoding import Decoding
from tasktune.heads.templates import PLAIN, with_template
from tasktune.heads.turns import rendered, stretches

TALK = (Message("system", "Be brief."), Message("user", " Hello\n"), Message("assistant", "Ahoy."), Message("tool", "5"))
LOUD = "{% for m in messages %}{{ m.content | upper }}{% endfor %}"


def test_the_plain_template_says_who_speaks_and_ends_the_assistants_turns() -> None:
    made = byte_level(("</s>", "<s>"), {"eos_token": "</s>", "bos_token": "<s>"})
    assert with_template(made, tt.Recipe()) == tt.Recipe()
    assert made.chat_template == PLAIN
    told = "<s>System:\nBe brief.\n\nUser:\nHello\n\nAssistant:\nAhoy.</s>\n\nTool:\n5\n\n"
    assert rendered(made, TALK, ask=False) == told
    assert rendered(made, TALK, ask=True) == told + "Assistant:\n"
    ((_, (said, mine)),) = stretches(made, TALK[:3])
    assert (made.decode(said), mine) == ("Ahoy.</s>", True)


def test_a_beginning_that_is_also_the_end_is_not_put_first() -> None:
    made = byte_level(("<|endoftext|>",), {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"})
    with_template(made, tt.Recipe())
    assert rendered(made, TALK[1:2], ask=True) == "User:\nHello\n\nAssistant:\n"


def test_a_models_own_template_stays_and_one_from_a_file_comes_before_it(tmp_path: Path) -> None:
    made = byte_level(("<|im_end|>",), {"eos_token": "<|im_end|>"})
    made.chat_template = CHATML
    with_template(made, tt.Recipe())
    assert made.chat_template == CHATML
    (tmp_path / "loud.jinja").write_text(LOUD)
    recipe = tt.Recipe(decoding=Decoding(chat_template=str(tmp_path / "loud.jinja"), beams=2))
    assert with_template(made, recipe) == replace(recipe, decoding=Decoding(beams=2))
    assert rendered(made, TALK[:1], ask=True) == "BE BRIEF."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        ("{% for m in messages %}\n{{ m.content }", r"file\.jinja:2: this is no Jinja template"),
        ("{{ messages[0].content }}{{ 9 ** 9 }}", r"is not taken: it takes a number to a power"),
        ("Hello", "writes no `messages`"),
    ],
)
def test_a_file_without_a_template_is_refused(content: str | None, message: str, tmp_path: Path) -> None:
    file = tmp_path / "file.jinja"
    if content is not None:
        file.write_text(content)
    made = byte_level(("</s>",), {"eos_token": "</s>"})
    with pytest.raises(tt.InputError, match=message):
        with_template(made, tt.Recipe(decoding=Decoding(chat_template=str(file))))


def test_a_template_is_saved_with_the_model(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    untrained(tt.task("chat"), tiny("gpt2")).save(tmp_path / "plain")
    assert AutoTokenizer.from_pretrained(tmp_path / "plain").chat_template == PLAIN
    (tmp_path / "loud.jinja").write_text(LOUD)
    recipe = tt.Recipe(decoding=Decoding(chat_template=str(tmp_path / "loud.jinja")))
    untrained(tt.task("chat"), tiny("llama"), recipe).save(tmp_path / "loud")
    (tmp_path / "loud.jinja").unlink()
    loaded = tt.load(tmp_path / "loud")
    assert loaded.head.tokenizer.chat_template == LOUD
    assert loaded.head.recipe.decoding.chat_template is None


GEMMA = (
    "{% for m in messages %}<start>{{ m.role }}\n{{ m.content }}<end>\n{% endfor %}"
    "{% if add_generation_prompt %}<start>assistant\n{% endif %}"
)


def test_the_token_that_ends_a_turn_ends_what_is_written() -> None:
    made = byte_level(("<eos>", "<bos>", "<start>", "<end>"), {"eos_token": "<eos>", "bos_token": "<bos>"})
    made.chat_template = GEMMA
    with_template(made, tt.Recipe())
    assert made.eos_token == "<end>"
    talk = [Message("user", "a"), Message("assistant", "b"), Message("user", "c"), Message("assistant", "d")]
    (sequence,) = stretches(made, talk)
    assert [made.decode(ids) for ids, mine in sequence if mine] == ["b<end>", "d<end>"]
    for other in (LOUD, "{{ raise_exception('no') }}", "{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}"):
        made.chat_template, made.eos_token = other, "<eos>"
        with_template(made, tt.Recipe())
        assert made.eos_token == "<eos>"


def test_a_task_without_conversations_is_given_no_template(tiny: Callable[[str], Path]) -> None:
    assert untrained(tt.task("generation"), tiny("gpt2")).head.tokenizer.chat_template is None
