"""A template that does not end is stopped, whatever it loops over and in any thread; what traced before traces again."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from families import byte_level
from tasktune.answers import Message
from tasktune.core import InputError
from tasktune.heads import turns
from tasktune.heads.bounded import EndlessError, bounded, refuse_powers

LOOPS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
MACRO = "{% macro again(n) %}{% for a in range(9999) %}{{ again(n - 1) if n }}{% endfor %}{% endmacro %}{{ again(9) }}"
WORDY = "{% for a in range(9999) %}{{ 'word' * 1000 }}{% endfor %}"


def written(template: str, steps: int = 20_000, characters: int = 1_000_000) -> str:
    with bounded(steps, characters):
        return ImmutableSandboxedEnvironment().from_string(template).render()


@pytest.mark.parametrize("template", [LOOPS, MACRO, WORDY], ids=["loops", "macro", "wordy"])
def test_what_does_not_end_is_ended(template: str) -> None:
    with pytest.raises(EndlessError):
        written(template)


def test_also_in_a_thread() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(EndlessError):
        pool.submit(written, LOOPS).result()


def test_what_ends_is_left_alone_up_to_the_last_character() -> None:
    assert written("{% for a in range(3) %}ab{% endfor %}", characters=6) == "ababab"
    with pytest.raises(EndlessError):
        written("{% for a in range(3) %}ab{% endfor %}", characters=5)


GREEDY = "{% set a = 'x' * 9999999 %}{% set b = a * 9999 %}{{ b }}"


@pytest.mark.skipif(sys.platform != "linux", reason="a process can limit its memory only there")
@pytest.mark.parametrize("template", ["{{ 'x' * 99999999999 }}", GREEDY])
def test_what_takes_too_much_memory_is_stopped_and_the_limit_is_gone(template: str) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(EndlessError):
        written(template, characters=10**12)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


@pytest.mark.parametrize("template", ["{{ 10 ** 10 ** 9 }}", "{% if messages %}{{ messages[0].size ** 9 }}{% endif %}"])
def test_powers_are_refused_before_they_are_worked_out(template: str) -> None:
    with pytest.raises(InputError, match="a number to a power"):
        refuse_powers(template)
    refuse_powers("{% for m in messages %}{% generation %}{{ m.size * 2 }}{% endgeneration %}{% break %}{% endfor %}")


@pytest.mark.parametrize("template", ["", LOOPS])
def test_what_traced_before_traces_again(template: str) -> None:
    def mine(*_: object) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(mine)
    try:
        written(template)
    except EndlessError:
        pass
    finally:
        found = sys.gettrace()
        sys.settrace(before)
    assert found is mine


def test_a_chat_template_that_does_not_end_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    made = byte_level(("</s>", "<s>"), {"eos_token": "</s>", "bos_token": "<s>"})
    made.chat_template = LOOPS
    made.name_or_path = "org/endless"
    monkeypatch.setattr(turns, "bounded", lambda: bounded(20_000))
    with pytest.raises(InputError, match="the chat template of org/endless does not end"):
        turns.rendered(made, [Message("user", "hello")], ask=True)
