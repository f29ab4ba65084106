"""Contestants have their turns in an order that is fair, are measured with their children, and fail alone."""

import os

import pytest

from engine.pairs import Asked, Side, interleaved, order

CONTESTANTS = """
import subprocess, sys, time

def note(asked, what):
    with (asked.folder / "notes").open("a") as file:
        file.write(what + "\\n")

def named(baton, asked, *, name):
    baton.take()
    more = True
    while more:
        note(asked, name)
        more = baton.hand_over(asked.amount)
    return {"cores": __import__("os").sched_getaffinity(0).__len__(), "threads": __import__("os").environ["OMP_NUM_THREADS"]}

def burning(baton, asked, *, child):
    code = "import time\\nend = time.process_time() + 0.3\\nwhile time.process_time() < end: pass"
    baton.take()
    for _ in range(asked.turns):
        if child:
            subprocess.run([sys.executable, "-c", code], check=True)
        else:
            exec(code)
        baton.hand_over(1)
    return {}

def sleeping(baton, asked):
    baton.take()
    for _ in range(asked.turns):
        time.sleep(0.3)
        baton.hand_over(1)
    return {}

def holding(baton, asked):
    baton.take()
    for size in (0, 64, 0):
        held = bytearray(size * 2**20)
        held[::4096] = b"x" * len(held[::4096])
        del held
        baton.hand_over(1)
    return {}

def broken(baton, asked, *, at):
    if at == 0:
        raise ValueError("not even ready")
    baton.take()
    for number in range(1, asked.turns + 1):
        if number == at:
            raise ValueError("in the middle")
        baton.hand_over(1)
"""


@pytest.fixture
def asked(tmp_path, monkeypatch):
    (tmp_path / "contestants.py").write_text(CONTESTANTS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return lambda turns, threads=1: Asked("", 7, turns, threads, tmp_path)


def side(function, **options):
    return Side(f"contestants:{function}", options)


def test_the_order_is_reversed_each_time():
    assert [order("abc", k) for k in range(3)] == [["a", "b", "c"], ["c", "b", "a"], ["a", "b", "c"]]


def test_sides_have_their_turns_one_after_the_other_and_the_first_is_not_counted(asked):
    job = asked(3)
    found = interleaved({name: side("named", name=name) for name in "ab"}, job)
    assert (job.folder / "notes").read_text().split() == [*"abbaab"]
    assert {name: [turn.amount for turn in turns] for name, turns in found.turns.items()} == {"a": [7, 7], "b": [7, 7]}
    assert not found.failed


def test_a_side_has_the_cores_it_is_given_and_no_more(asked):
    before = os.environ.get("OMP_NUM_THREADS")
    found = interleaved({"a": side("named", name="a")}, asked(1))
    assert found.facts == {"a": {"cores": 1, "threads": "1"}}
    assert os.environ.get("OMP_NUM_THREADS") == before


@pytest.mark.parametrize("child", [False, True])
def test_cpu_time_is_that_of_a_side_and_its_children(asked, child):
    found = interleaved({"busy": side("burning", child=child), "idle": side("sleeping")}, asked(2))
    assert found.turns["busy"][0].cpu >= 0.29
    assert found.turns["idle"][0].cpu < 0.1
    assert found.turns["idle"][0].seconds >= 0.29


def test_the_peak_of_memory_is_that_of_the_turn(asked):
    held, after = (turn.peak for turn in interleaved({"a": side("holding")}, asked(3)).turns["a"])
    assert 60 < held - after < 80


@pytest.mark.parametrize(("at", "said", "turns"), [(0, "not even ready", 0), (3, "in the middle", 1)])
def test_a_side_that_fails_is_left_out_and_says_why(asked, at, said, turns):
    found = interleaved({"bad": side("broken", at=at), "good": side("named", name="g")}, asked(4))
    assert said in found.failed["bad"]
    assert len(found.turns["bad"]) == turns
    assert len(found.turns["good"]) == 3
    assert "good" in found.facts
